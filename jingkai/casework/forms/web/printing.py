"""The printed sheet (单据): a page made for printing, and a typeset PDF."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jingkai.casework.forms import queries
from jingkai.casework.forms.web.paper import paper_of, typeset_data
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties.api import zone
from jingkai.kernel.permissions.api import Request, staff
from jingkai.records.typesetting import api as typesetting

PDF = "application/pdf"


@staff
@require_safe
def sheet(request: Request, uuid: UUID) -> HttpResponse:
    """Show a sheet as it is printed."""
    found = queries.get_sheet(uuid=uuid, actor=request.actor)
    context = {
        "sheet": found,
        "case": found.case,
        "paper": paper_of(found),
        "printed_at": request.at,
        "printed_by": request.actor.name,
    }
    return render(request, "forms/sheet.html", context)


@staff
@require_safe
def pdf(request: Request, uuid: UUID) -> HttpResponse:
    """Give a sheet as a PDF on A4."""
    found = queries.get_sheet(uuid=uuid, actor=request.actor)
    data = typeset_data(
        paper_of(found), zone=local(zone(), "name"), printed=request.at, printed_by=request.actor.name
    )
    content = typesetting.render("forms/sheet", data, at=request.at)
    response = HttpResponse(content, content_type=PDF)
    name = f"{data['number']} {data['title']}.pdf"
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    return response
