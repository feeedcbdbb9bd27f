"""The officers' pages: licences of all enterprises by right, and marking one as revoked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.permissions.api import Request, may, requires
from jingkai.kernel.submissions.api import form_page, once
from jingkai.modules.licences import operations, queries, rules
from jingkai.modules.licences.models import Entry
from jingkai.modules.licences.web import shown
from jingkai.modules.licences.web.forms import WhyForm
from jingkai.modules.licences.web.listing import staff_list


@requires(rules.SEE)
@require_safe
def listing(request: Request) -> HttpResponse:
    """What the libraries of all enterprises hold."""
    page = staff_list(request).page(lambda row: reverse("licences:entry", args=[row.uuid]))
    return render(request, "licences/all.html", page)


@requires(rules.SEE)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The list as a spreadsheet."""
    return staff_list(request).sheet()


@requires(rules.SEE)
@require_safe
def entry(request: Request, uuid: UUID) -> HttpResponse:
    """One licence of an enterprise, with its file and its uses."""
    row = _get(uuid)
    context = {
        "entry": row,
        "facts": shown.entry_facts(row, on=timezone.localdate(request.at)),
        "file": shown.file_of(row),
        "consents": shown.consent_lines(request, row),
        "may_revoke": may(request.actor, rules.MANAGE) and row.state == Entry.State.VALID,
    }
    return render(request, "licences/entry.html", context)


@requires(rules.MANAGE)
@require_http_methods(["GET", "POST"])
@once
def revoke(request: Request, uuid: UUID) -> HttpResponse:
    """Mark a licence as revoked by its issuer, with the reason."""
    row = _get(uuid)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.revoke_licence(
            entry=row, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        messages.success(request, _("It counts as revoked now."))
        return redirect("licences:entry", uuid=uuid)
    title = _("Mark as revoked: %(title)s") % {"title": row.title}
    text = _("Use this when its issuer has revoked it. It is offered for no new application.")
    back = reverse("licences:entry", args=[uuid])
    return form_page(request, form, title, _("Mark as revoked"), back, text=text, danger=True)


def _get(uuid: UUID) -> Entry:
    return get_object_or_404(queries.all_entries(), uuid=uuid)
