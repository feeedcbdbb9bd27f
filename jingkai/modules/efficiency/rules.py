"""Rights over figures of efficiency, and how far each person sees."""

from __future__ import annotations

from datetime import date

from jingkai.kernel.permissions.data import Actor, Permission

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

ONCE = 1
"""最多跑一次: the applicant comes once at most."""


def units_seen(actor: Actor) -> tuple[int, ...] | None:
    """The units whose figures a person sees; None where it is all of them."""
    return None if SEE_ZONE in actor.permissions else actor.unit_ids


def sees_people(actor: Actor) -> bool:
    """Figures of persons are for their heads; nobody is ranked by how they use the product."""
    return SEE_PEOPLE in actor.permissions


def first_of_month(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)


def months_before(month: date, number: int) -> date:
    """The month so many months before."""
    count = month.year * 12 + month.month - 1 - number
    return date(count // 12, count % 12 + 1, 1)
