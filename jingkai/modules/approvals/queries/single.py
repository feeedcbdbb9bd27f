"""Single items that an enterprise may hand in by themselves, and what stands in the way of the others."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from jingkai.kernel.organisation.models import Appointment
from jingkai.modules.approvals.data import Hindrance
from jingkai.modules.approvals.models import Item, Package, Power

PREFIX = "item:"
"""Before an item's code where a choice offers packages and single items together."""
REVIEWER = "officer"
"""The role out of which an item's unit reviews, as its flow names it."""


def hindrance_of(item: Item, *, on: date) -> Hindrance | None:
    """Why an item cannot be handed in by itself on a day; None where it can.

    No power, no decision (行政许可法 24, 25): what the zone may not decide it does not take in, nor what
    nobody is there to review.
    """
    if item.state != Item.State.PUBLISHED:
        return Hindrance.NOT_PUBLISHED
    if not _in_force(on).filter(item=item).exists():
        return Hindrance.NO_POWER
    return None if item.unit_id in units_that_review(on=on) else Hindrance.NOBODY


def offered_items(*, on: date) -> QuerySet[Item]:
    """The items that may be handed in by themselves on a day, by name."""
    found = Item.objects.filter(
        state=Item.State.PUBLISHED,
        pk__in=_in_force(on).values("item_id"),
        unit_id__in=units_that_review(on=on),
    )
    return found.order_by("name", "pk")


def units_that_review(*, on: date) -> set[int]:
    """The units where somebody holds a post that reviews."""
    today = Q(ends_on=None) | Q(ends_on__gte=on)
    held = Appointment.objects.filter(today, starts_on__lte=on, voided_at=None, post__roles__code=REVIEWER)
    return set(held.values_list("post__unit_id", flat=True))


def _in_force(on: date) -> QuerySet[Power]:
    return Power.objects.filter(state=Power.State.ACTIVE, starts_on__lte=on, ends_on__gte=on)


def is_single(package: Package) -> bool:
    """Whether a package carries one item by itself."""
    return package.version_of_id is not None


def material_forms(package: Package) -> dict[str, str]:
    """The materials of a single item that are forms, each with the item's code; empty for packages."""
    version = package.version_of
    if version is None:
        return {}
    lines = version.content.get("materials") or []
    return {str(line["code"]): version.item.code for line in lines if line.get("kind") == "form"}
