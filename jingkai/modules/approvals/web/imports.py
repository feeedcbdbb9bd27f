"""Taking items in by file: read, shown with what it changes, applied as drafts or given up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.exchange.api import problem_words
from jingkai.kernel.exchange.data import Refused, Unanswered
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, rules
from jingkai.modules.approvals.models import ItemImport
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.approvals.rules.content import field_of
from jingkai.modules.approvals.rules.sheets import MOST_BYTES
from jingkai.modules.approvals.web.item_forms import ImportForm

RECENT = 10
STATES = {
    "refused": ("late", gettext_lazy("Refused")),
    "ready": ("warn", gettext_lazy("Read, not yet applied")),
    "applied": ("ok", gettext_lazy("Applied")),
    "discarded": ("none", gettext_lazy("Given up")),
}
CHANGES = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "same": gettext_lazy("The same"),
    "gone": gettext_lazy("Not in the province's list any more"),
}


@requires(rules.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
@submissions.once
def upload(request: Request) -> HttpResponse:
    """Take a file, read it and show what it would change; nothing counts before it is applied."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        found = _read(request, form.cleaned_data["file"])
        return redirect("approvals:item_import", uuid=found.uuid)
    recent = [_shown(row) for row in ItemImport.objects.select_related("created_by")[:RECENT]]
    context = {"form": form, "recent": recent, "connected": reporting.province_is_connected()}
    return render(request, "approvals/item_upload.html", context)


def _read(request: Request, file: Any) -> ItemImport:
    content = file.read(MOST_BYTES + 1)
    if file.name.lower().endswith(".json"):
        return operations.preview_items(payload=content, file_name=file.name, by=request.actor, at=request.at)
    return operations.read_sheet(content=content, file_name=file.name, by=request.actor, at=request.at)


@requires(rules.EDIT_CATALOGUE)
@require_POST
def fetch(request: Request) -> HttpResponse:
    """Ask the province for its items now and show what they would change.

    Without a one-time mark: asking twice brings the same list, which is read once.
    """
    try:
        found = reporting.fetch_items(by=request.actor, at=request.at)
    except (Refused, Unanswered) as error:
        text = _(
            "The province's items could not be read (%(why)s). What was read before stays; try again later."
        )
        messages.warning(request, text % {"why": problem_words(str(error)).rstrip(".。")})
        return redirect("approvals:items_import")
    if found is None:
        messages.info(request, _("The province's list has not changed since it was last read."))
        return redirect("approvals:items_import")
    return redirect("approvals:item_import", uuid=found.uuid)


@requires(rules.EDIT_CATALOGUE)
@require_safe
def show(request: Request, uuid: UUID) -> HttpResponse:
    """One import: its faults by row and column, or what it changes."""
    found = get_object_or_404(ItemImport.objects.select_related("created_by"), uuid=uuid)
    plan = [
        {**line, "word": CHANGES[line["change"]], "labels": _labels(line["fields"])}
        for line in found.plan
        if line["change"] != "same"
    ]
    context = {
        **_shown(found),
        "plan": plan,
        "same": sum(line["change"] == "same" for line in found.plan),
        "faults": [{**fault, "label": _label(fault["column"])} for fault in found.faults],
    }
    return render(request, "approvals/item_import.html", context)


def _labels(names: list[str]) -> list[str]:
    return list(dict.fromkeys(str(field.label) for name in names if (field := field_of(name))))


def _label(column: str) -> str:
    field = field_of(column)
    return f"{field.label} ({column})" if field else column


def _shown(row: ItemImport) -> dict[str, Any]:
    tone, state = STATES[row.state]
    return {"row": row, "tone": tone, "state": state}


@requires(rules.EDIT_CATALOGUE)
@require_POST
@submissions.once
def apply(request: Request, uuid: UUID) -> HttpResponse:
    """Turn what was read into drafts, all of it."""
    found = get_object_or_404(ItemImport, uuid=uuid)
    applied = operations.apply_import(found=found, by=request.actor, at=request.at)
    count = sum(line["change"] in ("new", "changed") for line in applied.plan)
    text = ngettext(
        "%(count)s item is a draft now; another person reviews it.",
        "%(count)s items are drafts now; another person reviews them.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("approvals:item_import", uuid=uuid)


@requires(rules.EDIT_CATALOGUE)
@require_POST
@submissions.once
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Give an import up."""
    operations.discard_import(found=get_object_or_404(ItemImport, uuid=uuid), by=request.actor, at=request.at)
    messages.success(request, _("The import was given up; nothing changed."))
    return redirect("approvals:items_import")
