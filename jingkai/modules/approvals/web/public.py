"""Pages that anyone may read: home, catalogue, guide, blank forms, powers, tracking."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.casework.flow import api as flow
from jingkai.kernel.hooks.api import local, public_sections
from jingkai.kernel.permissions.api import Request, public
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import Package
from jingkai.modules.approvals.web import shown
from jingkai.modules.approvals.web.forms import typed_text
from jingkai.modules.approvals.web.lists import PowerFilter
from jingkai.modules.approvals.web.registers import power_page, power_sheet
from jingkai.modules.approvals.web.shown.network import network_context


@public
@require_safe
def home(request: Request) -> HttpResponse:
    """The front page: search first, then what people come for. Officers go to their desk."""
    if request.actor.kind == "staff":
        return redirect("inbox:desk")
    sections = [
        {"section": section, "data": data}
        for section in public_sections.all()
        if (data := section.context(request, None)) is not None
    ]
    return render(
        request,
        "approvals/home.html",
        {"packages": queries.list_packages()[:6], "sections": sections},
    )


@public
@require_safe
def guide(request: Request, code: str) -> HttpResponse:
    """The guide of a package: materials, limits, fees, basis, flow, who handles it."""
    package = _package(code)
    on = timezone.localdate(request.at)
    found = queries.guide_of(package=package, on=on)
    network = queries.network_of_package(package, on=on)
    return render(
        request,
        "approvals/guide.html",
        {
            "guide": found,
            "package": package,
            "nodes": shown.flow_nodes(flow.get_current(package.flow_key)),
            "for_applicants": request.actor.kind != "staff",
            **(network_context(network) if network else {}),
        },
    )


@public
@require_safe
def flow_picture(request: Request, code: str) -> HttpResponse:
    """The flow of a published package as BPMN, for the picture on its guide."""
    version = flow.get_current(_package(code).flow_key)
    return HttpResponse(version.bpmn, content_type="application/xml; charset=utf-8")


@public
@require_safe
def blank_form(request: Request, code: str, material: str) -> HttpResponse:
    """Download the blank form of a material."""
    found = _package(code).materials.filter(code=material).select_related("blank_form").first()
    if found is None or found.blank_form is None:
        raise Http404
    return redirect("files:download", uuid=found.blank_form.uuid)


@public
@require_safe
def powers(request: Request) -> HttpResponse:
    """The register of powers. 行政许可法 24: an entrustment is published with its content."""
    form = PowerFilter(request)
    export_url = f"{reverse('approvals:public_powers_export')}?{form.query()}"
    return render(request, "approvals/powers.html", {**power_page(request, form), "export_url": export_url})


@public
@require_safe
def export_powers(request: Request) -> HttpResponseBase:
    """Give the published register of powers, as it is narrowed, as a spreadsheet."""
    return power_sheet(request, PowerFilter(request))


@public
@require_safe
def track(request: Request) -> HttpResponse:
    """Follow a matter with its receipt number and the last six characters of the credit code."""
    number = re.sub(r"\s", "", typed_text(request.GET, "number", most=40)).upper()
    tail = re.sub(r"\s", "", typed_text(request.GET, "code", most=40))[:18].upper()
    context: dict[str, Any] = {"number": number, "code": tail}
    if number or tail:
        found = _tracked(number, tail)
        if found is None:
            context["problem"] = _(
                "No matter has this receipt number and credit code. The number is on your receipt, "
                "for example SP2026-00431; of the credit code type the last six characters."
            )
        else:
            context.update(shown.public_journey(found, at=request.at))
            context["title"] = local(found.application.package, "name")
    return render(request, "approvals/track.html", context)


def _tracked(number: str, tail: str) -> queries.MatterFile | None:
    if len(tail) < 6 or not number:
        return None
    return queries.file_of_receipt(number=number, tail=tail[-6:])


def _package(code: str) -> Package:
    try:
        return queries.get_package(code=code)
    except Package.DoesNotExist as error:
        raise Http404 from error
