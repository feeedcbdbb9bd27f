"""What people look up or copy over by hand: licences, items of the catalogue, project codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.exchange.data import CopySheet, SheetFields, SheetLine
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Application, ConstructionPermit, Item
from jingkai.modules.approvals.operations.permit import CONSTRUCTION_PERMIT
from jingkai.modules.approvals.rules.fields import FIELDS
from jingkai.modules.approvals.rules.fields import shown as in_words
from jingkai.modules.enterprises import api as enterprises

MOST = 100
State = ConstructionPermit.State


def _permits() -> Any:
    along = ("application__case", "application__enterprise")
    return ConstructionPermit.objects.select_related(*along).exclude(state=State.ISSUED)


def permit_lines(_at: datetime) -> list[SheetLine]:
    """Construction permits that the province has not answered."""
    return [
        SheetLine(
            str(row.application.uuid),
            f"{row.application.project_name} {row.application.enterprise.name}",
            row.problem,
            row.asked_at,
        )
        for row in _permits().order_by("-asked_at", "-pk")[:MOST]
    ]


def permit_fields(key: str) -> SheetFields | None:
    """What the licence system asks for, to look one up there."""
    row = _permit(key)
    if row is None:
        return None
    application = row.application
    told: list[tuple[Any, str]] = [
        (_("Licence type"), CONSTRUCTION_PERMIT),
        *_project(application),
    ]
    return SheetFields(application.project_name, told, _case_url(application))


def permit_done(key: str, number: str, by: Actor, at: datetime) -> bool:
    """Note the permit's number; False when the province's answer was quicker."""
    row = _permit(key)
    return row is not None and operations.note_permit_by_hand(permit=row, number=number, by=by, at=at)


def _permit(key: str) -> ConstructionPermit | None:
    uuid = _uuid(key)
    return _permits().filter(application__uuid=uuid).first() if uuid else None


def _projects() -> Any:
    running = Application.objects.select_related("case", "enterprise").exclude(submitted_at=None)
    return running.filter(decided_at=None).exclude(facts__project_code="")


def project_lines(_at: datetime) -> list[SheetLine]:
    """Running matters that name a project code."""
    rows = _projects().filter(facts__has_key="project_code").order_by("-submitted_at", "-pk")[:MOST]
    return [
        SheetLine(str(row.uuid), row.project_name, str(row.facts["project_code"]), row.submitted_at)
        for row in rows
    ]


def project_fields(key: str) -> SheetFields | None:
    """What stands here, to be compared with the investment project platform."""
    uuid = _uuid(key)
    row = _projects().filter(uuid=uuid).first() if uuid else None
    return SheetFields(row.project_name, _project(row), _case_url(row)) if row else None


def _project(application: Application) -> list[tuple[Any, str]]:
    facts = application.facts
    return [
        (_("Project code"), str(facts.get("project_code") or "")),
        (_("Project name"), application.project_name),
        (_("Enterprise"), application.enterprise.name),
        (_("Unified social credit code"), enterprises.get_enterprise(application.enterprise_id).uscc),
        (_("Site"), str(facts.get("project_address") or "")),
        (_("Receipt number"), application.case.reference if application.case else ""),
    ]


def item_lines(_at: datetime) -> list[SheetLine]:
    """Items in force, those that changed last first."""
    found = Item.objects.filter(state=Item.State.PUBLISHED).exclude(current=None)
    rows = found.order_by("-updated_at", "code")[:MOST]
    return [SheetLine(row.code, row.name, row.handling_code or row.implementing_code) for row in rows]


def item_fields(key: str) -> SheetFields | None:
    """Every field of an item, list by list, in the order of the implementing list."""
    row = Item.objects.select_related("current", "unit").filter(code=key).exclude(current=None).first()
    if row is None or row.current is None:
        return None
    return SheetFields(
        row.name,
        list(_of_content({**row.current.content, "unit": row.unit.name})),
        reverse("approvals:item", args=[row.code]),
    )


def _of_content(content: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    for field in FIELDS:
        if field.type == "list":
            for number, line in enumerate(content.get(field.name) or [], start=1):
                words = [(part.label, in_words(part, line.get(part.name))) for part in field.parts]
                said = [f"{label}：{word}" for label, word in words if word]
                yield format_lazy("{} {}", field.label, number), "；".join(said)
        else:
            yield field.label, in_words(field, content.get(field.name))


def _case_url(application: Application) -> str:
    return reverse("inbox:case", args=[application.case.uuid]) if application.case else ""


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


SHEETS = (
    CopySheet(
        "licences",
        "电子证照系统",
        "Licence system",
        _("Look the licence up on the licence system's own page, then note its number here."),
        permit_lines,
        permit_fields,
        permit_done,
    ),
    CopySheet(
        "items",
        "省平台事项目录",
        "Items of the provincial platform",
        _("Enter the item in the platform's catalogue; its own list comes in here by “Import items”."),
        item_lines,
        item_fields,
    ),
    CopySheet(
        "projects",
        "投资项目在线审批监管平台",
        "Investment project platform",
        _("Look the code up on the platform and compare; what differs is corrected by the applicant."),
        project_lines,
        project_fields,
    ),
)
