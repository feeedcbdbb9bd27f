"""Loading a package of the catalogue from its reference file, as often as one likes."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from jingkai.casework.flow import api as flow
from jingkai.kernel.audit import api as audit
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import Item, Material, Package, PackageItem, Power
from jingkai.modules.approvals.operations.blank_forms import attach_blank_form
from jingkai.modules.approvals.operations.catalogue_loading import ensure_versions
from jingkai.modules.approvals.operations.finding import index_package
from jingkai.modules.approvals.operations.planning import load_plan, publish_drawing
from jingkai.modules.approvals.operations.series import seed_series

HERE = Path(__file__).resolve().parents[1]
TEXTS = (
    "kind",
    "limit_key",
    "promised",
    "name",
    "name_en",
    "legal_basis",
    "legal_basis_en",
    "conditions",
    "conditions_en",
    "fee",
    "fee_en",
    "result_name",
    "result_name_en",
    "remedy",
    "remedy_en",
    "visits",
)


@transaction.atomic
def load_package(*, name: str, by: Actor, at: datetime) -> Package:
    """Load or refresh one package with its items, materials, powers, flow and blank form.

    Idempotent: a second run changes nothing that an administrator confirmed or edited (`confirmed` entries,
    powers that exist). Errors: FileNotFoundError, flow.CannotPublish.
    """
    seed_series(by=by, at=at)
    content = tomllib.loads((HERE / "reference" / f"{name}.toml").read_text(encoding="utf-8"))
    package, created = Package.objects.update_or_create(
        code=content["package"]["code"],
        defaults={**_without(content["package"], "code"), "published": True, "updated_at": at},
    )
    items = [_load_item(entry) for entry in content["item"]]
    ensure_versions(items, by=by, at=at)
    _place(package, items, content["item"])
    for order, entry in enumerate(content["material"], start=1):
        material = _load_material(package, entry, order, {item.code: item for item in items})
        if entry.get("blank_form") and material.blank_form_id is None:
            attach_blank_form(material, by=by, at=at)
    for entry in content["power"]:
        _load_power(entry, {item.code: item for item in items})
    load_plan(package, content, by=by, at=at)
    if queries.has_network(package):
        publish_drawing(package, by=by, at=at)
    else:
        bpmn = (HERE / "flows" / f"{package.flow_key}.bpmn").read_bytes()
        flow.publish(
            key=package.flow_key, bpmn=bpmn, name=package.name, name_en=package.name_en, by=by, at=at
        )
    index_package(package, at=at)
    if created:
        audit.record(
            ("package", package.pk), action="package.loaded", by=by, at=at, facts={"code": package.code}
        )
    return package


def _load_item(entry: dict[str, Any]) -> Item:
    item, _created = Item.objects.get_or_create(
        code=entry["code"],
        defaults={
            **{name: entry[name] for name in TEXTS},
            "unit_id": organisation.unit_by_code(entry["unit"]).pk,
        },
    )
    return item


def _place(package: Package, items: list[Item], entries: list[dict[str, Any]]) -> None:
    for order, (item, entry) in enumerate(zip(items, entries, strict=True), start=1):
        PackageItem.objects.update_or_create(
            package=package,
            item=item,
            defaults={"branch": entry["branch"], "order": order, "decides": entry["decides"]},
        )


def _load_material(package: Package, entry: dict[str, Any], order: int, items: dict[str, Item]) -> Material:
    material, _created = Material.objects.update_or_create(
        package=package,
        code=entry["code"],
        defaults={**_without(entry, "code", "items", "blank_form", "late"), "order": order},
    )
    material.items.set([items[code] for code in entry["items"]])
    return material


def _load_power(entry: dict[str, Any], items: dict[str, Item]) -> None:
    item = items[entry["item"]]
    Power.objects.get_or_create(
        number=entry["number"],
        item=item,
        defaults={**_without(entry, "number", "item"), "exercised_by": item.unit},
    )


def _without(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in names}
