"""Materials out of the enterprise's library: what is offered on the page, and what is taken from it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.web import shown
from jingkai.modules.licences import api as licences


def offers(request: Request, application: Application) -> dict[str, list[Any]]:
    """What the enterprise's library holds and may be used today, by type; read once for a page."""
    kept: dict[str, list[Any]] | None = request.__dict__.get("approvals_offers")
    if kept is None:
        codes = [one.licence_type for one in application.package.materials.all() if one.licence_type]
        kept = licences.offers(
            enterprise_id=application.enterprise_id,
            type_codes=codes,
            on=timezone.localdate(request.at),
        )
        request.__dict__["approvals_offers"] = kept
    return kept


def cards(request: Request, application: Application) -> list[Any]:
    """The materials as cards, each with what the library offers for it."""
    rows = queries.list_material_rows(application=application)
    found_by_type = offers(request, application)
    return shown.material_cards(application, rows, editable=True, offers=found_by_type)


def offered(request: Request, application: Application) -> int:
    """For how many materials without a file the library holds something."""
    found_by_type = offers(request, application)
    return sum(
        1
        for row in queries.list_material_rows(application=application)
        if row.needed and not row.files and found_by_type.get(row.material.licence_type)
    )


def use_library(request: Request, application: Application) -> list[str]:
    """Put files of the library to materials: one that was pressed, or the newest for each that lacks one."""
    asked = request.POST.get("use", "")
    if not asked:
        return []
    code, _colon, uuid = asked.partition(":")
    found_by_type = offers(request, application)
    problems: list[str] = []
    for row in queries.list_material_rows(application=application):
        found = found_by_type.get(row.material.licence_type, [])
        if asked == "all":
            wanted = found[:1] if row.needed and not row.files else []
        else:
            wanted = [one for one in found if row.material.code == code and str(one.uuid) == uuid]
        for entry in wanted:
            problems += _use(request, application, row.material, entry)
    return problems


def _use(request: Request, application: Application, material: Any, entry: Any) -> list[str]:
    try:
        operations.use_licence(
            application=application, material=material, entry=entry, by=request.actor, at=request.at
        )
    except PersonFacingError as error:
        return [f"{local(material, 'name')}: {error.sentence}"]
    return []
