"""What another system sees of the hall: decided in SQL by its token's party and scopes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jingkai.casework.cases import api as cases
from jingkai.kernel.exchange.data import Caller
from jingkai.modules.approvals.models import Application, Decision, Item, Rating
from jingkai.modules.enterprises import api as enterprises

WRITE = "applications:write"


def applications_for(caller: Caller) -> QuerySet[Any]:
    """The matters that a token reaches: its enterprise's, or the zone's.

    Drafts are working paper: of the zone's systems only those see them that may write them. Discarded ones
    nobody sees.
    """
    found = Application.objects.select_related("package", "enterprise", "case", "handler")
    found = found.exclude(state=Application.State.DISCARDED).annotate(
        uscc=enterprises.code_of("enterprise_id")
    )
    if caller.enterprise_id is not None:
        return found.filter(enterprise_id=caller.enterprise_id)
    return found if WRITE in caller.scopes else found.exclude(state=Application.State.DRAFT)


def results_for(caller: Caller) -> QuerySet[Decision]:
    """The sealed results that a token reaches."""
    found = Decision.objects.exclude(document=None).select_related(
        "document__file", "power", "item__item", "item__application__case", "item__application__enterprise"
    )
    if caller.enterprise_id is not None:
        return found.filter(item__application__enterprise_id=caller.enterprise_id)
    return found


def ratings_for(caller: Caller) -> QuerySet[Rating]:
    """The ratings that a token reaches."""
    found = Rating.objects.select_related("application__case", "application__package")
    if caller.enterprise_id is not None:
        return found.filter(application__enterprise_id=caller.enterprise_id)
    return found


def published_items() -> QuerySet[Item]:
    """The items of the published catalogue."""
    return Item.objects.filter(state=Item.State.PUBLISHED).select_related("unit")


def items_of(application: Application) -> list[Any]:
    """The items of a matter with their clocks."""
    return list(application.items.select_related("item", "unit", "clock"))


def holders_of(application: Application) -> list[Any]:
    """Who has the matter now."""
    if application.case_id is None:
        return []
    return list(cases.holders([application.case_id]).get(application.case_id, ()))


def find_reached(caller: Caller, uuid: UUID) -> Any | None:
    """One matter that a token reaches; None where it reaches none of this number."""
    return applications_for(caller).filter(uuid=uuid).first()


def handlers_on(enterprise_id: int, on: date) -> dict[int, str]:
    """Who acts for an enterprise on a day: person and phone hash."""
    from jingkai.kernel.parties.api import representations_of

    rows = representations_of(enterprise_id, on=on)
    return {row.person_id: row.person.phone_hash for row in rows}
