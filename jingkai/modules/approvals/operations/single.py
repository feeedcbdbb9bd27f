"""A single item that is handed in by itself: one item, its own materials, its own way through the hall.

It goes the way of a package of one item (`planning`, `network`): accepted at the window, reviewed by its unit
with its own clock, signed under its power, sealed. The package is made from the version of the item that is
in force, so that a matter keeps the materials with which it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.data import Hindrance
from jingkai.modules.approvals.models import (
    Application,
    Item,
    ItemPlan,
    ItemVersion,
    Line,
    Material,
    Package,
    PackageItem,
)
from jingkai.modules.approvals.operations.planning import publish_drawing
from jingkai.modules.licences import api as licences

BRANCH = "item"
"""The one branch of the flow of a single item."""
SOURCES = {
    "applicant": ("申请人自备", "The applicant"),
    "government": ("政府部门核发", "A department"),
    "agency": ("中介机构出具", "An intermediary"),
}
FILES = ["pdf", "jpeg", "png", "docx", "xlsx"]
WHY = {
    Hindrance.NOT_PUBLISHED: _("It is not in the published catalogue today."),
    Hindrance.NO_POWER: _("The zone holds no power in force for it; the competent department takes it in."),
    Hindrance.NOBODY: _("Nobody of its unit is appointed to review it today; ask at the window."),
}


class NoSuchService(PersonFacingError):
    """Neither a package nor an item of the catalogue has this code."""

    sentence = _("There is no such service in the catalogue.")
    advice = _("Choose a service from the list.")
    status = 404


class NotOffered(PersonFacingError):
    """The item cannot be handed in by itself today; the reason is told."""

    sentence = _("“%(item)s” cannot be handed in here today.")
    advice = _("%(why)s")


class GuideChanged(PersonFacingError):
    """A new version of the item is in force since the draft was begun."""

    sentence = _("The guide of “%(item)s” has changed since you began this draft.")
    advice = _("Open the draft again: everything that you gave is kept, and what is now asked for is shown.")


@transaction.atomic
def open_service(*, code: str, by: Actor, at: datetime) -> Package:
    """The published package behind a choice of services: a package's code, or `item:` and an item's.

    Errors: NoSuchService, NotOffered.
    """
    try:
        if code.startswith(queries.PREFIX):
            item = queries.get_item(code=code.removeprefix(queries.PREFIX))
            return open_single(item=item, by=by, at=at)
        return queries.get_package(code=code)
    except (Package.DoesNotExist, Item.DoesNotExist) as error:
        raise NoSuchService from error


@transaction.atomic
def open_single(*, item: Item, by: Actor, at: datetime) -> Package:
    """The package of a single item by its version in force, made when it is first asked for.

    Errors: NotOffered.
    """
    locked = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    on = timezone.localdate(at)
    check_offered(locked, on=on)
    version = queries.version_on([locked.pk], on=on)[locked.pk]
    found = Package.objects.filter(version_of=version).first()
    return found or _make(locked, version, by=by, at=at)


def check_offered(item: Item, *, on: date) -> None:
    """Refuse what cannot be handed in by itself today. Errors: NotOffered."""
    hindrance = queries.hindrance_of(item, on=on)
    if hindrance is None and item.pk not in queries.version_on([item.pk], on=on):
        hindrance = Hindrance.NOT_PUBLISHED
    if hindrance is not None:
        raise NotOffered(item=local(item, "name"), why=str(WHY[hindrance]))


def check_single(application: Application, *, on: date) -> None:
    """Refuse to take in a single item that is no longer offered, or by an old guide; packages pass.

    Errors: NotOffered, GuideChanged.
    """
    begun = application.package.version_of
    if begun is None:
        return
    item = begun.item
    check_offered(item, on=on)
    if queries.version_on([item.pk], on=on)[item.pk].pk != begun.pk:
        raise GuideChanged(item=local(item, "name"))


@transaction.atomic(savepoint=False)
def renew_draft(*, application: Application, by: Actor, at: datetime) -> bool:
    """Put a draft of a single item under the version in force; True where that is another one.

    Facts and files stay; a file goes on to the material of the same code. Errors: NotOffered.
    """
    if application.package.version_of_id is None:
        return False  # a draft of a package stays one
    locked = Application.objects.select_for_update(of=("self",)).select_related("package__version_of__item")
    found = locked.get(pk=application.pk)
    begun = found.package.version_of
    if begun is None or found.state != Application.State.DRAFT:
        return False
    package = open_single(item=begun.item, by=by, at=at)
    if package.pk == found.package_id:
        return False
    found.package = package
    found.updated_at = at
    found.save(update_fields=("package", "updated_at"))
    audit.record(
        ("application", found.pk),
        action="application.guide_renewed",
        by=by,
        at=at,
        for_=found.enterprise_id,
        facts={"package": package.code},
    )
    return True


def _make(item: Item, version: ItemVersion, *, by: Actor, at: datetime) -> Package:
    """Write down the package of a version, with its materials and its drawing; the one before gives way."""
    told: Mapping[str, Any] = version.content
    Package.objects.filter(version_of__item=item, published=True).update(published=False)
    package = Package.objects.create(
        code=f"item-{item.code}-{version.number}",
        name=told["name"],
        name_en=told["name_en"],
        summary=told["conditions"],
        summary_en=told["conditions_en"],
        audience="",
        audience_en="",
        place=told.get("place") or "",
        place_en=told.get("place_en") or "",
        phone=told.get("phone") or "",
        flow_key=f"item-{item.code}",
        version_of=version,
        published=True,
        updated_at=at,
    )
    place = PackageItem.objects.create(package=package, item=item, branch=BRANCH, order=1, decides=True)
    ItemPlan.objects.create(place=place, line=_line(item))
    for material in Material.objects.bulk_create(_materials(package, told)):
        material.items.set([item])
    publish_drawing(package, by=SYSTEM, at=at)
    facts = {"code": package.code, "item": item.code, "number": version.number}
    audit.record(("package", package.pk), action="package.opened_single", by=by, at=at, facts=facts)
    return package


def _line(item: Item) -> str:
    return item.line if item.line in Line.values else Line.CONSTRUCTION


def _materials(package: Package, told: Mapping[str, Any]) -> Iterator[Material]:
    """The materials of a version; one needed under a condition without a rule is left to the applicant."""
    for order, line in enumerate(told.get("materials") or [], start=1):
        need, rule = line.get("need"), str(line.get("rule") or "")
        source, source_en = SOURCES.get(str(line.get("source") or ""), SOURCES["applicant"])
        yield Material(
            package=package,
            code=str(line["code"])[:40],
            name=line["name"],
            name_en=line.get("name_en") or line["name"],
            requirement=line.get("when") or "",
            requirement_en=line.get("when_en") or "",
            source=(line.get("issuer") or source)[:120],
            source_en=(line.get("issuer_en") or source_en)[:200],
            required=need == "required" or (need == "conditional" and bool(rule)),
            condition=rule,
            licence_type=_licence(str(line["code"])),
            accepted=list(FILES),
            order=order,
        )


def _licence(code: str) -> str:
    """The type of the enterprise's library that serves as a material: the one of the same code."""
    found = licences.type_of_code(code)
    return found.code if found else ""
