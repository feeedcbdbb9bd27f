"""The matters behind a figure, page by page at the same cost, with a link for who may read the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from jingkai.casework.cases.models import CaseAccess
from jingkai.kernel.hooks.api import may_lag
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.efficiency.data import Scope
from jingkai.modules.efficiency.models import MatterFact

PAGE = 30
ONLY = {
    "late": Q(on_time=False),
    "trips": Q(one_visit=False),
    "returned": Q(returned__gt=0),
    "corrected": Q(corrections__gt=0),
    "held": Q(held_days__gt=0),
    "simulated": Q(simulated=True),
}
"""What a figure counted besides: the list behind it shows exactly those."""

ORDERS = {"": ("-concluded_on", "-pk"), "actual": ("-actual", "-pk")}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort value and the number of its last row."""

    value: str
    pk: int

    def __str__(self) -> str:
        return f"{self.value}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor from an address; anything malformed means the first page."""
        value, _dash, number = text.partition("~")
        return cls(value, int(number)) if value and number.isdecimal() and len(number) < 19 else None


@may_lag
def list_matters(
    *, scope: Scope, only: str = "", sort: str = "", after: Cursor | None = None, limit: int = PAGE
) -> tuple[list[MatterFact], Cursor | None]:
    """One page of the items of a scope, newest or longest first, and where the next begins."""
    rows = _narrowed(scope).filter(ONLY.get(only, Q()))
    longest = sort == "actual"
    if after is not None:
        rows = _behind(rows, after, longest=longest)
    found = list(rows.order_by(*ORDERS.get(sort, ORDERS[""]))[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], Cursor(str(last.actual if longest else last.concluded_on), last.pk)


def _behind(rows: QuerySet[MatterFact], after: Cursor, *, longest: bool) -> QuerySet[MatterFact]:
    try:
        if longest:
            days = int(after.value)
            return rows.filter(Q(actual__lt=days) | Q(actual=days, pk__lt=after.pk))
        on = date.fromisoformat(after.value)
    except ValueError:
        return rows
    return rows.filter(Q(concluded_on__lt=on) | Q(concluded_on=on, pk__lt=after.pk))


def _narrowed(scope: Scope) -> QuerySet[MatterFact]:
    rows = MatterFact.objects.filter(month__gte=scope.since, month__lte=scope.until)
    given = {
        "item": scope.item or None,
        "unit_id": scope.unit,
        "person_id": scope.person,
        "package": scope.package or None,
        "day_unit": scope.day_unit or None,
        "simulated": scope.simulated,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if scope.units is not None:
        rows = rows.filter(unit_id__in=scope.units)
    return rows.select_related("unit", "person", "case").defer("case__words")


def readable(facts: Iterable[MatterFact], *, actor: Actor) -> set[int]:
    """The cases among these that the actor may open."""
    cases = [one.case_id for one in facts]
    seen = CaseAccess.objects.filter(case_id__in=cases, grantee_id__in=actor.grantees)
    return set(seen.values_list("case_id", flat=True))
