"""The journal of exchanges, and how the systems outside do."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import PayloadField
from jingkai.kernel.exchange.models import Exchange, SystemState
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.api import mask_credit_code, mask_identity, mask_name, mask_phone

State = Exchange.State
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
MASKS = {"name": mask_name, "phone": mask_phone, "identity": mask_identity, "code": mask_credit_code}


def filtered_exchanges(
    *,
    text: str = "",
    state: str = "",
    system: str = "",
    kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Exchange]:
    """Exchanges, narrowed; `state` knows `hand` besides: what waits for a person."""
    found = Exchange.objects.defer("payload", "answer")
    if state == "hand":
        found = found.filter(needs_hand=True, state__in=(State.WAITING, State.FAILED))
    elif state:
        found = found.filter(state=state)
    if system:
        found = found.filter(system=system)
    if kind:
        found = found.filter(kind=kind)
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lt=until)
    if text:
        words = Q(subject__icontains=text) | Q(outside_number__icontains=text) | Q(problem__icontains=text)
        found = found.filter(words)
    return found


def count_by_state() -> dict[str, int]:
    """How many are not through, by state, and how many of them wait for a person."""
    open_ = Exchange.objects.filter(state__in=(State.WAITING, State.SENT, State.FAILED))
    counted = dict(open_.order_by().values_list("state").annotate(n=Count("pk")))
    hand = open_.filter(needs_hand=True).count()
    return {**{str(state): int(number) for state, number in counted.items()}, "hand": hand}


def list_systems() -> list[SystemState]:
    """How each system outside does."""
    return list(SystemState.objects.order_by("system"))


def kind_name(code: str) -> str:
    """What a kind of exchange is called."""
    kind = rules.kinds.get(code)
    return local(kind, "name") if kind else code


def system_name(code: str) -> str:
    """What a system outside is called."""
    system = rules.systems.get(code)
    return local(system, "name") if system else code


def payload_of(row: Exchange) -> dict[str, Any]:
    """What is exchanged, in the clear."""
    found: dict[str, Any] = json.loads(row.payload)
    return found


def shown_fields(row: Exchange, *, masked: bool) -> list[tuple[str, str]]:
    """The fields of a payload with their labels, in the order of the copy sheet; personal ones masked."""
    payload, kind = payload_of(row), rules.kinds.get(row.kind)
    known = {one.name: one for one in kind.fields} if kind else {}
    names = [*known, *(name for name in payload if name not in known)]
    return [
        (str(known[name].label) if name in known else name, _shown(known.get(name), payload[name], masked))
        for name in names
        if name in payload
    ]


def _shown(field: PayloadField | None, value: Any, masked: bool) -> str:
    text = _moment(value) if isinstance(value, str) else _flat(value)
    if not masked:
        return text
    if field is None:
        return mask_identity(text)
    return MASKS[field.personal](text) if field.personal else text


def _moment(text: str) -> str:
    """A moment as people of the zone read and copy it; any other text as it is."""
    try:
        found = datetime.fromisoformat(text) if MOMENT.match(text) else None
    except ValueError:
        return text
    return f"{timezone.localtime(found):%Y-%m-%d %H:%M}" if found and found.tzinfo else text


def _flat(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _moment(value)
    if isinstance(value, list):
        return "；".join(_flat(one) for one in value)
    if isinstance(value, dict):
        return "，".join(f"{name}：{_flat(one)}" for name, one in value.items())
    return str(value)
