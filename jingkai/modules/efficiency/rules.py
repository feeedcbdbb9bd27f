"""Rights over figures of efficiency, and how far each person sees."""

from __future__ import annotations

from collections.abc import Mapping
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
