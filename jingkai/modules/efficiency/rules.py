"""Rights over figures of efficiency, and how far each person sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.calendar.api import CalendarYearMissing
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor, Permission
from jingkai.records.typesetting.api import CannotTypeset

SEE = "efficiency.see"
SEE_ZONE = "efficiency.see_zone"
SEE_PEOPLE = "efficiency.see_people"
REPORT = "efficiency.make_reports"

PERMISSIONS = (
    Permission(SEE, "查看本部门效能", "See the efficiency of the own unit", "efficiency"),
    Permission(SEE_ZONE, "查看全区效能", "See the efficiency of the whole zone", "efficiency"),
    Permission(SEE_PEOPLE, "查看到人的办件效能", "See the efficiency of persons", "efficiency"),
    Permission(REPORT, "生成和印发效能月报", "Make and issue monthly reports", "efficiency"),
)

PROBLEMS: Mapping[str, Any] = {
    "typesetting": _("It could not be typeset. The system administrator finds the reason in the log."),
    "calendar": _("The working calendar of one of the years is missing. It must be loaded first."),
    "database": _("The database did not answer in time."),
    "internal": _("The program met a fault. The system administrator finds it under “Jobs”."),
}
"""Why a report could not be made, as people read it; kept by its code."""

ONCE = 1
"""最多跑一次: the applicant comes once at most."""


def units_seen(actor: Actor) -> tuple[int, ...] | None:
    """The units whose figures a person sees; None where it is all of them."""
    return None if SEE_ZONE in actor.permissions else actor.unit_ids


def sees_people(actor: Actor) -> bool:
    """Figures of persons are for their heads; nobody is ranked by how they use the product."""
    return SEE_PEOPLE in actor.permissions


def problem_of(error: Exception) -> str:
    """The code of a fault, or its own sentence where it was written for people."""
    if isinstance(error, CannotTypeset):
        return "typesetting"
    if isinstance(error, CalendarYearMissing):
        return "calendar"
    if isinstance(error, PersonFacingError):
        return str(error)
    return "database" if isinstance(error, DatabaseError) else "internal"


def problem_words(problem: str) -> str:
    """A fault as people read it."""
    return str(PROBLEMS.get(problem, problem))


def first_of_month(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)


def months_before(month: date, number: int) -> date:
    """The month so many months before."""
    count = month.year * 12 + month.month - 1 - number
    return date(count // 12, count % 12 + 1, 1)


ADDED_UP: tuple[str, ...] = (
    "count",
    "statutory",
    "promised",
    "actual",
    "on_time",
    "one_visit",
    "returned",
    "corrected",
)
ADDED_UP += ("simulated", "held_days")
"""What figures of several zones are added up by. Medians and the slowest tenth are not: they cannot be."""


def add_up(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add the rows of several zones up by key and unit of days; shares follow from the sums.

    Working and natural days are never added to each other, here as in each zone.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = row["key"], row["day_unit"]
        names = {name: row[name] for name in ("key", "day_unit", "name", "name_en")}
        one = found.setdefault(key, {**names, **dict.fromkeys(ADDED_UP, 0), "zones": 0, "held": {}})
        one["zones"] += 1
        for name in ADDED_UP:
            one[name] += row[name]
        for reason, days in row["held"].items():
            one["held"][reason] = one["held"].get(reason, 0) + days
    for one in found.values():
        one["compression"] = _share(one["statutory"] - one["actual"], one["statutory"])
        one["on_time_rate"] = _share(one["on_time"], one["count"])
        one["one_visit_rate"] = _share(one["one_visit"], one["count"])
    return sorted(found.values(), key=lambda one: (-one["count"], one["key"], one["day_unit"]))


def _share(part: int, whole: int) -> float | None:
    return round(part * 100 / whole, 1) if whole else None
