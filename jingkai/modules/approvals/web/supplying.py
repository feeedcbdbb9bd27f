"""Handing in, after the acceptance, what a package asks for later."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.web import shown
from jingkai.records.files import api as files


@requires(rules.APPLY)
@require_POST
@submissions.once
def supply_later(request: Request, uuid: UUID) -> HttpResponse:
    """Receive files as a form sends them, for browsers without scripts."""
    application = _own(request, uuid)
    known = {one.code: one for one in application.package.materials.all()}
    for code, many in request.FILES.lists():
        for one in many if code in known else ():
            upload = files.receive_uploaded(one, kinds=tuple(known[code].accepted))
            operations.supply_material(
                application=application, material=known[code], upload=upload, by=request.actor, at=request.at
            )
    return redirect("approvals:matter", uuid=uuid)


@submissions.answers_json
@requires(rules.APPLY)
@require_http_methods(["PUT"])
def supply_material(request: Request, uuid: UUID, code: str) -> JsonResponse:
    """Receive one file as a stream; items that waited for it begin, a condition goes to be checked."""
    application = _own(request, uuid)
    material = get_object_or_404(application.package.materials, code=code)
    upload = files.receive_request(request, kinds=tuple(material.accepted))
    given = operations.supply_material(
        application=application, material=material, upload=upload, by=request.actor, at=request.at
    )
    line = next(
        one
        for one in files.list_attachments(("application", application.pk))
        if str(one.uuid) == str(given.uuid)
    )
    html = render_to_string(
        "approvals/parts/file.html",
        {"file": shown.file_link(application, line, editable=False)},
        request=request,
    )
    return JsonResponse({"html": html}, status=201)


def _own(request: Request, uuid: UUID) -> Application:
    return get_object_or_404(
        Application.objects.select_related("package", "case"),
        uuid=uuid,
        enterprise_id__in=request.actor.enterprise_ids,
    )
