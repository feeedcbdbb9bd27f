"""The network of a package: lines, dependencies, conditions, late materials, and the drawing of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow import api as flow
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.api import RuleSeed, seed_rules
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import (
    Dependency,
    ItemPlan,
    LateMaterial,
    Package,
    PackageCondition,
    PackageItem,
)
from jingkai.modules.approvals.operations.items import VALIDITY

SINCE = date(2004, 7, 1)


class CircularDependency(PersonFacingError):
    """Items that wait for each other would never begin; the circle is named."""

    sentence = _("These items would wait for each other for ever: %(circle)s.")
    advice = _("Take one of the arrows out of the circle. Nothing was changed.")
    status = 422


class PackageChanged(PersonFacingError):
    """Somebody else arranged the package meanwhile."""

    sentence = _("This package was changed by someone else after you opened it.")
    advice = _("Look at its present state and arrange it again.")


def load_plan(package: Package, content: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Load what a reference file says of a package's network; arrangements made here stay as they are."""
    places = {place.branch: place for place in package.places.all()}
    materials = {material.code: material for material in package.materials.all()}
    conditions = {
        entry["code"]: PackageCondition.objects.update_or_create(
            package=package,
            code=entry["code"],
            defaults={
                **{name: entry[name] for name in ("name", "name_en", "rule_key")},
                "material": materials[entry["material"]],
            },
        )[0]
        for entry in content.get("condition", ())
    }
    fresh = not queries.has_network(package)
    for entry in content["item"]:
        if "line" in entry:
            _load_place(places[entry["branch"]], entry, conditions)
    for entry in content["material"]:
        if entry.get("late"):
            LateMaterial.objects.get_or_create(material=materials[entry["code"]])
    if fresh and any("line" in entry for entry in content["item"]):
        seed_network_rules(content, by=by, at=at)
        needs = {entry["branch"]: entry.get("after", []) for entry in content["item"]}
        _write(package, {places[one].pk: [places[two].pk for two in needs[one]] for one in needs})


def _load_place(
    place: PackageItem, entry: Mapping[str, Any], conditions: Mapping[str, PackageCondition]
) -> None:
    reissuer = organisation.unit_by_code(entry["reissued_by"]).pk if "reissued_by" in entry else None
    ItemPlan.objects.get_or_create(
        place=place,
        defaults={
            "line": entry["line"],
            "condition": conditions.get(entry.get("condition", "")),
            "reissued_by_id": reissuer,
        },
    )


def drawing_of(package: Package) -> bytes:
    """Make the drawing of a package from its network as it is now."""
    plans = list(
        ItemPlan.objects.filter(place__package=package).select_related("place__item").order_by("place__order")
    )
    units = {plan.place.item.unit_id for plan in plans} | {plan.reissued_by_id for plan in plans}
    codes = dict(Unit.objects.filter(pk__in=[one for one in units if one]).values_list("pk", "code"))
    items = [
        queries.DrawnItem(
            branch=plan.place.branch,
            name=plan.place.item.name,
            name_en=plan.place.item.name_en,
            unit=codes[plan.place.item.unit_id],
            conditional=plan.condition_id is not None,
            reissuer=codes[plan.reissued_by_id] if plan.reissued_by_id else "",
        )
        for plan in plans
    ]
    conditions = [queries.DrawnCondition(one.code, one.name, one.name_en) for one in package.conditions.all()]
    return queries.draw(
        key=package.flow_key,
        name=package.name,
        name_en=package.name_en,
        items=items,
        conditions=conditions,
    )


@transaction.atomic
def arrange_package(
    *, package: Package, needs: Mapping[int, Sequence[int]], version: int, by: Actor, at: datetime
) -> Package:
    """Say anew which items of a package wait for which (numbers of places), and draw its flow from that.

    Matters under way keep the arrangement that they were accepted with. Errors: CircularDependency,
    PackageChanged.
    """
    locked = Package.objects.select_for_update().get(pk=package.pk)
    if locked.version != version:
        raise PackageChanged
    before = queries.dependencies_of(locked)
    _write(locked, needs)
    locked.version += 1
    locked.updated_at = at
    locked.save(update_fields=("version", "updated_at"))
    publish_drawing(locked, by=by, at=at)
    facts = {"code": locked.code, "before": before, "after": queries.dependencies_of(locked)}
    audit.record(("package", locked.pk), action="package.arranged", by=by, at=at, facts=facts)
    return locked


def publish_drawing(package: Package, *, by: Actor, at: datetime) -> None:
    """Publish the drawing of a package; the same drawing again is no new version."""
    flow.publish(
        key=package.flow_key,
        bpmn=drawing_of(package),
        name=package.name,
        name_en=package.name_en,
        by=by,
        at=at,
    )


def _write(package: Package, needs: Mapping[int, Sequence[int]]) -> None:
    """Replace the dependencies of a package, unless they run in a circle."""
    names = {place.pk: place.item.name for place in package.places.select_related("item").order_by("order")}
    known = {after: [one for one in needs.get(after, ()) if one in names] for after in names}
    circle = queries.find_circle({str(key): [str(one) for one in known[key]] for key in known})
    if circle:
        raise CircularDependency(circle=" → ".join(names[int(one)] for one in circle))
    Dependency.objects.filter(after__package=package).delete()
    Dependency.objects.bulk_create(
        Dependency(before_id=before, after_id=after)
        for after in known
        for before in dict.fromkeys(known[after])
    )


def seed_network_rules(content: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Write down the limits and validities that a package brings and the installation lacks."""
    limits = [_seed("limit", entry, _limit(entry)) for entry in content.get("limit", ())]
    waits = [
        _seed(VALIDITY, entry, {"days": entry["days"], "warn": entry["warn"]})
        for entry in content.get("validity", ())
    ]
    seed_rules([*limits, *waits], by=by, at=at)


def _seed(kind: str, entry: Mapping[str, Any], value: dict[str, Any]) -> RuleSeed:
    return RuleSeed(
        kind=kind,
        key=entry["key"],
        name=entry["name"],
        name_en=entry["name_en"],
        value=value,
        starts_on=SINCE,
        source=entry["source"],
        article=entry.get("article", ""),
        note=entry.get("note", ""),
    )


def _limit(entry: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "unit": "working",
        "start_event": "accepted",
        "promised": None,
        "extend_max": 0,
        "extend_by": "",
        "extend_times": None,
        "law": "licence",
        "exclusions": [],
        "caps": {},
    }
    own = {name: entry[name] for name in plain if name in entry}
    return {"amount": entry["amount"], **plain, **own}
