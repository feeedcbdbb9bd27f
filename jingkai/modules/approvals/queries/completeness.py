"""What is there and what is missing: facts, materials, answers to the correction notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import Prepared, local
from jingkai.modules.approvals.data import FaultLine
from jingkai.modules.approvals.models import Application, Correction, Material
from jingkai.modules.approvals.rules.materials import is_needed
from jingkai.records.files import api as files
from jingkai.records.files.data import AttachmentLine

REQUIRED_FACTS = (
    "project_name",
    "project_code",
    "project_address",
    "building_area",
    "building_height",
    "design_firm",
    "contractor",
    "supervising_firm",
    "contact_name",
    "contact_phone",
)
FACTS_OF_ONE = ("project_name", "project_address", "contact_name", "contact_phone")
"""What must be said of a single item."""


@dataclass(frozen=True)
class MaterialRow:
    """A material of the package with the files given for it and the fault named in the notice, if any."""

    material: Material
    files: list[AttachmentLine] = field(default_factory=list)
    fault: str = ""
    replaced: bool = False
    needed: bool = True

    @property
    def is_missing(self) -> bool:
        """True where the material is required, needed under the facts, and has no file."""
        return self.material.required and self.needed and not self.files


def list_material_rows(
    *, application: Application, given: Sequence[AttachmentLine] | None = None
) -> list[MaterialRow]:
    """All materials in the order of the guide, each with its files (`given`, where these were read)."""
    faults, issued_at = _faults(application)
    by_slot: dict[str, list[AttachmentLine]] = {}
    for one in list_given(application=application) if given is None else given:
        by_slot.setdefault(one.slot, []).append(one)
    facts = facts_now(application)
    materials = _MATERIALS.fetch(package=application.package_id)
    return material_rows(materials, by_slot, faults, issued_at, facts)


def list_given(*, application: Application) -> list[AttachmentLine]:
    """The files as they lie with the application now."""
    return files.list_attachments(("application", application.pk))


_MATERIALS = Prepared(lambda slots: Material.objects.filter(package=slots.number("package")))


def facts_now(application: Application) -> dict[str, Any]:
    """The facts as they stand in the form now: what has passed, over it what is being typed."""
    return {**application.facts, **(application.typed or {})}


def material_rows(
    materials: Iterable[Material],
    given: Mapping[str, list[AttachmentLine]],
    faults: Mapping[int, str],
    issued_at: datetime | None,
    facts: Mapping[str, Any],
) -> list[MaterialRow]:
    """Join materials with their files by code and with the faults that a notice of that moment named.

    Under the facts some materials are not needed; one that the notice names is needed always.
    """
    rows = []
    for material in materials:
        current = given.get(material.code, [])
        fresh = issued_at is not None and any(one.uploaded_at > issued_at for one in current)
        fault = faults.get(material.pk, "")
        needed = bool(fault) or is_needed(material, facts)
        rows.append(MaterialRow(material, current, fault, fresh, needed))
    return rows


def list_missing(*, application: Application, given: Sequence[AttachmentLine] | None = None) -> list[str]:
    """Name what must still be added before the application can be submitted.

    Words in the form that never became facts count as missing: they have faults, or were not saved.
    """
    single = application.package.version_of_id is not None
    asked = FACTS_OF_ONE if single else REQUIRED_FACTS
    complete = application.typed is None and all(application.facts.get(name) for name in asked)
    facts = [] if complete else [_("facts of the application") if single else _("facts of the project")]
    rows = list_material_rows(application=application, given=given)
    return facts + [local(row.material, "name") for row in rows if row.is_missing]


def list_open_faults(*, application: Application, given: Sequence[AttachmentLine] | None = None) -> list[str]:
    """Name the materials of the correction notice for which no new file was uploaded."""
    rows = list_material_rows(application=application, given=given)
    return [local(row.material, "name") for row in rows if row.fault and not row.replaced]


def named_faults(*, application: Application, faults: Sequence[FaultLine]) -> list[FaultLine]:
    """Give the faults that say something about a material of the package, each material once."""
    known = set(application.package.materials.values_list("pk", flat=True))
    named = {one.material_id: one for one in faults if one.text.strip() and one.material_id in known}
    return list(named.values())


def fault_lines(*, application: Application, faults: Sequence[FaultLine]) -> list[tuple[str, str]]:
    """Pair each fault with its material's name, for the notice."""
    names = dict(application.package.materials.values_list("pk", "name"))
    return [(names[fault.material_id], fault.text.strip()) for fault in faults]


def _faults(application: Application) -> tuple[dict[int, str], datetime | None]:
    if application.state == Application.State.DRAFT:
        return {}, None  # nothing was handed in yet that a notice could name
    correction = (
        Correction.objects.filter(application=application).prefetch_related("faults").order_by("pk").first()
    )
    if correction is None:
        return {}, None
    return {fault.material_id: fault.text for fault in correction.faults.all()}, correction.issued_at
