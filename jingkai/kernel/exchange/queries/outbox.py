"""How every system outside does, and what waits to go out to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import SystemHealth
from jingkai.kernel.exchange.models import Exchange, SystemState, WebhookDelivery

State = Exchange.State
OPEN = (State.WAITING, State.SENT, State.FAILED)


def list_system_health(*, at: datetime) -> list[SystemHealth]:
    """Give each declared system with its state and its backlog, those in trouble first; two queries."""
    told = {one.system: one for one in SystemState.objects.all()}
    waiting = _waiting()
    found = [
        _health(system.code, told.get(system.code), waiting.get(system.code, {}), at)
        for system in rules.systems.all()
    ]
    order = {"silent": 0, "failing": 1, "hand": 2, "ok": 3, "unknown": 4, "off": 5}
    return sorted(found, key=lambda one: (order[one.state], one.code))


def count_untold() -> tuple[int, datetime | None]:
    """How many tellings by webhook wait, and since when the oldest does."""
    open_ = (WebhookDelivery.State.WAITING, WebhookDelivery.State.SENDING, WebhookDelivery.State.FAILED)
    rows = WebhookDelivery.objects.filter(state__in=open_)
    found = rows.aggregate(number=Count("pk"), oldest=Min("created_at"))
    return int(found["number"]), found["oldest"]


def _waiting() -> dict[str, dict[str, Any]]:
    rows = Exchange.objects.filter(direction=Exchange.Direction.OUT, state__in=OPEN).order_by()
    counted = rows.values("system").annotate(
        number=Count("pk"), hand=Count("pk", filter=Q(needs_hand=True)), oldest=Min("created_at")
    )
    return {str(one["system"]): dict(one) for one in counted}


def _health(code: str, told: SystemState | None, waiting: Mapping[str, Any], at: datetime) -> SystemHealth:
    outgoing = [kind for kind in rules.kinds.all() if kind.system == code and kind.direction == "out"]
    connected = any(kind.is_connected() for kind in outgoing)
    if told and told.resting_until and told.resting_until > at:
        state = "silent"
    elif told and told.failures:
        state = "failing"
    elif waiting.get("hand"):
        state = "hand"
    elif not connected and not (told and told.last_ok_at):
        state = "off"
    else:
        state = "ok" if told and told.last_ok_at else "unknown"
    return SystemHealth(
        code=code,
        state=state,
        connected=connected,
        waiting=int(waiting.get("number") or 0),
        by_hand=int(waiting.get("hand") or 0),
        oldest=waiting.get("oldest"),
        last_ok_at=told.last_ok_at if told else None,
        problem=told.last_problem if told and told.failures else "",
    )
