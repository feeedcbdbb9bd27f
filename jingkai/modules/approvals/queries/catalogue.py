"""The public catalogue: packages, guides, powers. Readable without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jingkai.casework.clock.api import limit_words
from jingkai.casework.clock.data import LimitValue, Unit
from jingkai.kernel.hooks.api import Prepared
from jingkai.modules.approvals.models import Item, Material, Package, PackageItem, Power
from jingkai.modules.approvals.queries.items import limits_of_items


@dataclass(frozen=True)
class LimitLine:
    """An item with the limit in force today and the power under which it is decided."""

    item: Item
    branch: str
    decides: bool
    limit: LimitValue
    power: Power | None

    @property
    def statutory_words(self) -> str:
        """The statutory limit in its own unit, empty where the law sets none."""
        return limit_words(self.limit.amount, self.limit.unit) if self.limit.amount else ""

    @property
    def promised_words(self) -> str:
        """What the zone promises, in the same unit."""
        return limit_words(self.limit.promised, self.limit.unit) if self.limit.promised else ""


@dataclass(frozen=True)
class PackageGuide:
    """All that the guide page (办事指南) shows."""

    package: Package
    lines: list[LimitLine]
    materials: list[Material]
    promised: int
    statutory: int
    all_working: bool


def list_packages() -> list[Package]:
    """The published packages; a zone has some dozens, so the list is whole."""
    return list(Package.objects.filter(published=True, version_of=None).prefetch_related("places__item"))


_PACKAGE = Prepared(
    lambda slots: Package.objects.filter(code=slots.text("code"), published=True, version_of=None)
)
_PLACES = Prepared(
    lambda slots: PackageItem.objects.filter(package_id=slots.number("package")).select_related(
        "item__unit__unit"
    )
)
_POWERS = Prepared(lambda slots: Power.objects.filter(item_id__in=slots.numbers("items")))
_MATERIALS = Prepared(
    lambda slots: Material.objects.filter(package_id=slots.number("package")).select_related("blank_form")
)


def get_package(*, code: str) -> Package:
    """A published package. Errors: Package.DoesNotExist."""
    if found := _PACKAGE.first(code=code):
        return found
    raise Package.DoesNotExist


def guide_of(*, package: Package, on: date) -> PackageGuide:
    """Put together the guide with the limits and powers in force on that day."""
    places = _PLACES.fetch(package=package.pk)
    powers = {power.item_id: power for power in _POWERS.fetch(items=[place.item_id for place in places])}
    limits = limits_of_items([(place.item, place.item.unit.unit.code) for place in places], on=on)
    lines = [
        LimitLine(
            item=place.item,
            branch=place.branch,
            decides=place.decides,
            limit=limit,
            power=powers.get(place.item_id),
        )
        for place, limit in zip(places, limits, strict=True)
    ]
    return PackageGuide(
        package=package,
        lines=lines,
        materials=_MATERIALS.fetch(package=package.pk),
        promised=max((line.limit.promised or line.limit.amount for line in lines), default=0),
        statutory=max((line.limit.amount for line in lines), default=0),
        all_working=all(line.limit.unit == Unit.WORKING for line in lines),
    )
