"""The public catalogue: packages, guides, powers. Readable without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jingkai.casework.clock.data import LimitValue
from jingkai.modules.approvals.models import Item, Material, Package, Power
from jingkai.modules.approvals.queries.items import limit_of_item


@dataclass(frozen=True)
class LimitLine:
    """An item with the limit in force today and the power under which it is decided."""

    item: Item
    branch: str
    decides: bool
    limit: LimitValue
    power: Power | None


@dataclass(frozen=True)
class PackageGuide:
    """All that the guide page (办事指南) shows."""

    package: Package
    lines: list[LimitLine]
    materials: list[Material]
    promised: int
    statutory: int


def list_packages() -> list[Package]:
    """The published packages; a zone has some dozens, so the list is whole."""
    return list(Package.objects.filter(published=True).prefetch_related("places__item"))


def get_package(*, code: str) -> Package:
    """A published package. Errors: Package.DoesNotExist."""
    return Package.objects.get(code=code, published=True)


def guide_of(*, package: Package, on: date) -> PackageGuide:
    """Put together the guide with the limits and powers in force on that day."""
    powers = {power.item_id: power for power in Power.objects.filter(item__in=package.items.all())}
    lines = [
        LimitLine(
            item=place.item,
            branch=place.branch,
            decides=place.decides,
            limit=limit_of_item(place.item, on=on, unit=place.item.unit.unit.code),
            power=powers.get(place.item_id),
        )
        for place in package.places.select_related("item__unit__unit")
    ]
    return PackageGuide(
        package=package,
        lines=lines,
        materials=list(package.materials.select_related("blank_form").prefetch_related("items")),
        promised=max((line.limit.promised or line.limit.amount for line in lines), default=0),
        statutory=max((line.limit.amount for line in lines), default=0),
    )
