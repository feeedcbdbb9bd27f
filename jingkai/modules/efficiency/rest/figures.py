"""Statutory, promised, actual: the zone's figures for other systems; never those of persons."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from ninja import Query, Router, Schema
from pydantic import Field

from jingkai.kernel.exchange.api import ApiRequest, needs
from jingkai.kernel.hooks.api import read_as_of
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.efficiency import queries, rules
from jingkai.modules.efficiency.data import Dimension, Figures, Label, Scope

MOST_MONTHS = 36
MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"

ANY_MONTH = Query("", pattern=rf"{MONTH}|^$")  # type: ignore[type-arg]

efficiency = Router(tags=[_("Efficiency")])


class OnlyForTheZone(PersonFacingError):
    """A token of one enterprise reaches its own matters, not the figures of offices."""

    status = 403
    sentence = gettext_lazy("This token belongs to one enterprise; figures of the zone are not for it.")


class TooManyMonths(PersonFacingError):
    """A call asks for a few years at most, first month before last."""

    status = 422
    sentence = gettext_lazy("Ask for 1 to %(most)s months, the first before the last.")


class FigureOut(Schema):
    """What came of the items of one row, in one unit of days; units of days are never added up."""

    key: str = Field(description="Code of the item, package or unit, or the month; * for everything.")
    name: str
    name_en: str
    day_unit: str = Field(description="working, natural, half_days or hours.")
    count: int
    statutory: int = Field(description="Sum of the statutory days.")
    promised: int = Field(description="Sum of the promised days; the statutory ones where none is promised.")
    actual: int = Field(description="Sum of the days used.")
    statutory_median: float
    statutory_p90: float = Field(description="Days that nine tenths of the items stay within.")
    promised_median: float
    promised_p90: float
    actual_median: float
    actual_p90: float
    compression: float | None = Field(description="Per cent of the statutory days that were not needed.")
    on_time: int = Field(description="Concluded by the due day.")
    one_visit: int = Field(description="The applicant had to come once at most.")
    on_time_rate: float
    one_visit_rate: float
    returned: int
    corrected: int
    simulated: int
    held_days: int
    held: dict[str, int] = Field(description="Days left out, by reason.")
    count_year_before: int | None
    actual_year_before: int | None


class FiguresOut(Schema):
    """Figures of a stretch of months, with the months and the total of the same stretch."""

    since: str
    until: str
    by: str
    as_of: datetime = Field(description="The moment that the figures are of.")
    rows: list[FigureOut]
    months: list[FigureOut]
    totals: list[FigureOut]


@efficiency.get("", response=FiguresOut, summary=_("Statutory, promised and actual days"))
@needs("efficiency:read")
def read_figures(
    request: ApiRequest,
    by: Literal["item", "unit", "month", "package"] = "item",
    since: str = ANY_MONTH,
    until: str = ANY_MONTH,
    item: str = "",
    package: str = "",
) -> Any:
    """The figures of the months from `since` to `until` (YYYY-MM), by default of the last twelve."""
    if request.caller.enterprise_id is not None:
        raise OnlyForTheZone
    scope = _scope(since, until, today=timezone.localdate(request.at), item=item, package=package)
    dimension = Dimension(by)
    found, names = queries.figures(by=dimension, scope=scope), queries.labels(_ZONE).of(dimension)
    codes = _unit_codes() if dimension is Dimension.UNIT else {}
    return {
        "since": f"{scope.since:%Y-%m}",
        "until": f"{scope.until:%Y-%m}",
        "by": by,
        "as_of": read_as_of() or request.at,
        "rows": [_row(one, names, codes) for one in found.rows],
        "months": [_row(one, {}) for one in found.months],
        "totals": [_row(one, {}) for one in found.totals],
    }


_ZONE = Actor(
    party_id=None, user_id=None, name=SYSTEM.name, kind="system", permissions=frozenset({rules.SEE_ZONE})
)


def _scope(since: str, until: str, *, today: date, item: str, package: str) -> Scope:
    last = date.fromisoformat(f"{until}-01") if until else today.replace(day=1)
    first = date.fromisoformat(f"{since}-01") if since else rules.months_before(last, 11)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= months <= MOST_MONTHS:
        raise TooManyMonths(most=MOST_MONTHS)
    return Scope(since=first, until=last, item=item, package=package)


def _unit_codes() -> dict[str, str]:
    return {str(number): code for number, code in Unit.objects.values_list("pk", "code")}


def _row(one: Figures, names: Mapping[str, Label], codes: Mapping[str, str] = {}) -> dict[str, Any]:
    label = names.get(one.key) or Label("" if one.key == queries.ALL else one.key, "")
    past = one.before
    return {
        "key": codes.get(one.key, one.key),
        "name": label.name,
        "name_en": label.name_en,
        "day_unit": one.day_unit,
        "count": one.count,
        "statutory": one.statutory,
        "promised": one.promised,
        "actual": one.actual,
        "statutory_median": one.statutory_median,
        "statutory_p90": one.statutory_p90,
        "promised_median": one.promised_median,
        "promised_p90": one.promised_p90,
        "actual_median": one.actual_median,
        "actual_p90": one.actual_p90,
        "compression": one.compression,
        "on_time": one.on_time,
        "one_visit": one.one_visit,
        "on_time_rate": one.on_time_rate,
        "one_visit_rate": one.one_visit_rate,
        "returned": one.returned,
        "corrected": one.corrected,
        "simulated": one.simulated,
        "held_days": one.held_days,
        "held": dict(one.held),
        "count_year_before": past.count if past else None,
        "actual_year_before": past.actual if past else None,
    }
