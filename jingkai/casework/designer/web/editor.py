"""The drawing board: the modeler's page, remarks while drawing, saving."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jingkai.casework.designer import operations, queries, rules
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.web import shown
from jingkai.casework.designer.web.words import board_words
from jingkai.casework.flow import api as flows
from jingkai.casework.forms import api as forms
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Role, Unit
from jingkai.kernel.permissions.api import Request, requires

LONGEST = 2_000_000
USUAL = ("submit", "agree", "reject", "read", "done", "sealed")
"""Outcomes offered by a click."""


@requires(*rules.RIGHTS)
@require_safe
def editor(request: Request, uuid: UUID) -> HttpResponse:
    """Show the drawing board with the draft."""
    design = queries.get_design(uuid)
    context = {
        "design": design,
        "name": local(design, "name"),
        "light": shown.light_of(design),
        "words": json.dumps(board_words(), ensure_ascii=False),
        "forms": shown.form_lines(design),
        "panels": [one.form for one in inbox.task_panels.all() if one.form != "form"],
        "units": _units(),
        "roles": [(role.code, local(role, "name")) for role in Role.objects.order_by("pk")],
        "limits": [(limit.key, local(limit, "name")) for limit in queries.list_limits()],
        "actions": sorted(flows.action_names()),
        "decisions": [(one.key, local(one, "name")) for one in flows.list_decisions()],
        "flows": [(one.key, local(one, "name")) for one in flows.list_current() if one.key != design.key],
        "outcomes": [(code, local(flows.words_of(code), "name")) for code in USUAL],
        "fields": json.dumps(
            [[name, kind, label] for name, kind, label in _fields(design)], ensure_ascii=False
        ),
        "field_buttons": [(f"{name}:{kind}", label) for name, kind, label in _fields(design)],
        "form_url": reverse("designer:form", args=[design.uuid, "FORM"]),
    }
    return render(request, "designer/editor.html", context)


def _fields(design: Design) -> list[tuple[str, str, str]]:
    """The fields that can fill a variable of the flow: name, type, label."""
    found: dict[str, tuple[str, str, str]] = {}
    for definition in design.forms.values():
        form, _faults = forms.read_definition(definition)
        for one in form.fields if form else ():
            kind = forms.variable_type(one)
            if kind is not None:
                found.setdefault(one.name, (one.name, kind.value, local(one, "label")))
    return list(found.values())


def _units() -> list[tuple[str, str]]:
    rows = Unit.objects.filter(party__active=True).select_related("party").order_by("order", "pk")
    return [(unit.code, local(unit.party, "name")) for unit in rows]


@requires(*rules.RIGHTS)
@require_POST
def lint(request: Request, uuid: UUID) -> HttpResponse:
    """Say what is wrong with a drawing that is not saved yet. Nothing is written."""
    design = queries.get_design(uuid)
    bpmn = request.POST.get("bpmn", "")
    if len(bpmn) > LONGEST:
        return JsonResponse({"detail": _("The drawing is too large.")}, status=413)
    remarks = queries.remarks_on(design, bpmn=bpmn)
    return JsonResponse({"remarks": _remarks(design, remarks)})


@requires(*rules.RIGHTS)
@require_POST
def save(request: Request, uuid: UUID) -> HttpResponse:
    """Save the drawing; who comes too late is told what changed and keeps what was drawn.

    Saving the same drawing again changes nothing, so a repetition needs no mark.
    """
    design = queries.get_design(uuid)
    seen = request.POST.get("seen", "")
    try:
        saved = operations.save_drawing(
            design=design,
            bpmn=request.POST.get("bpmn", ""),
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
            by=request.actor,
            at=request.at,
        )
    except operations.StaleDesign as error:
        lines = [f"{one.what}: {one.name}" for one in shown.difference_lines(error.changes)][:20]
        answer = {"detail": f"{error.sentence} {error.advice}", "changes": lines, "version": error.version}
        return JsonResponse(answer, status=409)
    except PersonFacingError as error:
        return JsonResponse({"detail": f"{error.sentence} {error.advice}".strip()}, status=error.status)
    remarks = _remarks(saved, queries.remarks_on(saved))
    return JsonResponse({"version": saved.version, "remarks": remarks, "said": _("Saved.")})


def _remarks(design: Design, remarks: Any) -> list[dict[str, str]]:
    return [
        {
            "message": one.message,
            "level": one.level,
            "element": one.element,
            "place": one.place,
            "url": one.url,
        }
        for one in shown.remark_lines(design, remarks)
    ]
