"""Lists that people narrow, sort and leaf through: own matters, powers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Func, Q, QuerySet

from jingkai.kernel.hooks.api import Prepared, Slots
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.models import Application, Power
from jingkai.modules.enterprises import api as enterprises

PAGE = 30


def own_applications(
    *, enterprise_ids: Sequence[int] | Func, text: str = "", state: str = ""
) -> QuerySet[Application]:
    """Matters and drafts of these enterprises; discarded drafts left out.

    `text` is looked for in the project's name, the receipt number and the service's name.
    """
    found = Application.objects.filter(enterprise_id__in=enterprise_ids).select_related(
        "package", "case", "enterprise"
    )
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(
            Q(facts__project_name__icontains=text)
            | Q(typed__project_name__icontains=text)
            | Q(case__reference__icontains=text)
            | Q(package__name__icontains=text)
            | Q(package__name_en__icontains=text)
        )
    return found.exclude(state=Application.State.DISCARDED)


def first_own_applications(
    *, actor: Actor, by_beginning: bool, size: int = PAGE
) -> tuple[list[Application], Place]:
    """The first page of a person's matters, nothing narrowed: what `page_after` gives, built once."""
    prepared = _first_own("created_at" if by_beginning else "updated_at", size)
    found = prepared.fetch(enterprises=list(actor.enterprise_ids), person=actor.party_id)
    return found[:size], Place(_last(found, size))


@cache
def _first_own(field: str, size: int) -> Prepared[Application]:
    def build(slots: Slots) -> QuerySet[Application]:
        rows = own_applications(enterprise_ids=slots.numbers("enterprises"))
        visible = enterprises.visible_to(slots.numbers("enterprises"), slots.number("person"))
        return _in_order(rows.filter(visible), field, ascending=False)[: size + 1]

    return Prepared(build)


def filtered_powers(*, on: date, text: str = "", state: str = "", sort: str = "number") -> list[Power]:
    """The register of powers, narrowed; `state` is that of the day: in force, suspended, or past its end."""
    found = Power.objects.select_related("item", "exercised_by")
    in_force = Q(state=Power.State.ACTIVE, starts_on__lte=on, ends_on__gte=on)
    match state:
        case "in_force":
            found = found.filter(in_force)
        case "suspended":
            found = found.filter(state=Power.State.SUSPENDED)
        case "not_in_force":
            found = found.exclude(in_force).exclude(state=Power.State.SUSPENDED)
    if text:
        fields = ("item__name", "item__name_en", "organ", "organ_en", "instrument")
        words = Q()
        for field in fields:
            words |= Q(**{f"{field}__icontains": text})
        found = found.filter(words)
    return list(found.order_by("ends_on" if sort == "ends_on" else "number", "number", "pk"))


@dataclass(frozen=True)
class Place:
    """Where a page stands in its list: rows that end the pages before and behind it, 0 for none.

    `following` is the last row of this page if more follow; `former` ends the page before the one before.
    """

    following: int = 0
    former: int = 0
    is_later: bool = False


def page_after(
    rows: QuerySet[Any], *, field: str, ascending: bool = False, after: int = 0, size: int = PAGE
) -> tuple[list[Any], Place]:
    """Cut one page out of a list sorted by a field and the row's number; the same cost at any depth.

    `after` is the row that ended the page before, as the last answer named it; a strange one begins anew.
    """
    last = rows.filter(pk=after).values_list(field, flat=True).first() if after else None
    if last is None:
        found = list(_in_order(rows, field, ascending)[: size + 1])
        return found[:size], Place(_last(found, size))
    here, behind = Q(**{field: last}), "gt" if ascending else "lt"
    before = "lt" if ascending else "gt"
    later = rows.filter(Q(**{f"{field}__{behind}": last}) | here & Q(**{f"pk__{behind}": after}))
    found = list(_in_order(later, field, ascending)[: size + 1])
    earlier = rows.filter(Q(**{f"{field}__{before}": last}) | here & Q(**{f"pk__{before}": after}))
    seen = list(_in_order(earlier, field, not ascending).values_list("pk", flat=True)[:size])
    return found[:size], Place(_last(found, size), seen[-1] if len(seen) == size else 0, is_later=True)


def _in_order(rows: QuerySet[Any], field: str, ascending: bool) -> QuerySet[Any]:
    sign = "" if ascending else "-"
    return rows.order_by(f"{sign}{field}", f"{sign}pk")


def _last(found: Sequence[Any], size: int) -> int:
    """The row that ends a page behind which more follow."""
    return found[size - 1].pk if len(found) > size else 0
