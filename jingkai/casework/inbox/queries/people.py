"""Who is in office, for the forms that ask for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jingkai.kernel.organisation.api import current
from jingkai.kernel.organisation.models import Appointment

MOST_STAFF = 3000
"""People whom a form offers; a zone has some hundreds."""


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One person in office, with the first post held."""

    person_id: int
    name: str
    name_en: str
    title: str
    title_en: str
    unit_id: int
    unit: str
    unit_en: str


def list_staff(on: date, *, units: Sequence[int] | None = None) -> list[StaffLine]:
    """Give everybody in office on a day once, in the order of units and posts; one query.

    With `units` only those who hold a post in one of them.
    """
    rows = Appointment.objects.filter(
        current(on), person__party__active=True, post__party__active=True, post__unit__party__active=True
    )
    if units is not None:
        rows = rows.filter(post__unit_id__in=units)
    found: dict[int, StaffLine] = {}
    fields = (
        "person_id",
        "person__party__name",
        "person__party__name_en",
        "post__title",
        "post__title_en",
        "post__unit_id",
        "post__unit__party__name",
        "post__unit__party__name_en",
    )
    order = ("post__unit__order", "post__unit_id", "-post__head", "post__order", "post_id", "pk")
    for row in rows.order_by(*order).values_list(*fields)[:MOST_STAFF]:
        found.setdefault(row[0], StaffLine(*row))
    return list(found.values())
