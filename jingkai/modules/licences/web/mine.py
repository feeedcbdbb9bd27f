"""An enterprise's own library: list, add, correct, renew, take out, consents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import ChangedMeanwhile
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import form_page, held, once
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences import operations, queries, rules
from jingkai.modules.licences.models import Consent, Entry
from jingkai.modules.licences.web import shown
from jingkai.modules.licences.web.forms import KINDS, CorrectForm, FileForm, NewForm, WhyForm
from jingkai.modules.licences.web.listing import own_list
from jingkai.records.files import api as files


@requires(rules.KEEP_OWN)
@require_safe
def listing(request: Request) -> HttpResponse:
    """What the library holds."""
    page = own_list(request).page(lambda row: reverse("licences:mine_entry", args=[row.uuid]))
    return render(request, "licences/mine.html", page)


@requires(rules.KEEP_OWN)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The library as a spreadsheet."""
    return own_list(request).sheet()


@requires(rules.KEEP_OWN)
@require_safe
def entry(request: Request, uuid: UUID) -> HttpResponse:
    """One licence: what is written down, its file, for what it is and was used."""
    row = _own(request, uuid)
    context = {
        "entry": row,
        "facts": shown.entry_facts(row, on=timezone.localdate(request.at)),
        "file": shown.file_of(row),
        "consents": shown.consent_lines(request, row),
        "may_change": row.origin == Entry.Origins.UPLOADED and row.state == Entry.State.VALID,
    }
    return render(request, "licences/mine_entry.html", context)


@requires(rules.KEEP_OWN)
@require_http_methods(["GET", "POST"])
@once
def add(request: Request) -> HttpResponse:
    """Put a licence or material in."""
    holder = enterprises.chosen(request)
    form = NewForm(request.POST or held(request) or None, request.FILES or None, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.add_licence(
                enterprise_id=holder.pk,
                type_=form.cleaned_data["type"],
                draft=form.draft(),
                upload=files.receive_uploaded(form.cleaned_data["file"], kinds=KINDS),
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("It is in your library now."))
            return redirect("licences:mine_entry", uuid=row.uuid)
    return form_page(
        request, form, _("Put a licence in"), _("Put in"), reverse("licences:mine"), base="ui/public.html"
    )


@requires(rules.KEEP_OWN)
@require_http_methods(["GET", "POST"])
@once
def correct(request: Request, uuid: UUID) -> HttpResponse:
    """Correct what is written down of a licence."""
    row = _own(request, uuid)
    names = ("title", "number", "issuer", "valid_from", "valid_to", "version")
    initial = {name: getattr(row, name) for name in names}
    form = CorrectForm(request.POST or held(request) or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_licence(
                entry=row,
                draft=form.draft(),
                version=form.cleaned_data["version"],
                by=request.actor,
                at=request.at,
            )
        except (PersonFacingError, ChangedMeanwhile) as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("Saved."))
            return redirect("licences:mine_entry", uuid=uuid)
    return form_page(
        request,
        form,
        _("Correct: %(title)s") % {"title": row.title},
        _("Save"),
        _page(row),
        base="ui/public.html",
    )


@requires(rules.KEEP_OWN)
@require_http_methods(["GET", "POST"])
@once
def renew(request: Request, uuid: UUID) -> HttpResponse:
    """Put the renewed licence in the place of the old one."""
    row = _own(request, uuid)
    initial = {"title": row.title, "number": row.number, "issuer": row.issuer}
    form = FileForm(request.POST or held(request) or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            renewed = operations.renew_licence(
                entry=row,
                draft=form.draft(),
                upload=files.receive_uploaded(form.cleaned_data["file"], kinds=KINDS),
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("The renewed one stands in its place."))
            return redirect("licences:mine_entry", uuid=renewed.uuid)
    text = _("Matters for which you let the old one be used follow the renewed one.")
    title = _("Renew: %(title)s") % {"title": row.title}
    return form_page(request, form, title, _("Renew"), _page(row), text=text, base="ui/public.html")


@requires(rules.KEEP_OWN)
@require_http_methods(["GET", "POST"])
@once
def remove(request: Request, uuid: UUID) -> HttpResponse:
    """Take a licence out of the library, after a question."""
    row = _own(request, uuid)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.remove_licence(
            entry=row, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        messages.success(request, _("It was taken out of your library."))
        return redirect("licences:mine")
    title = _("Take out: %(title)s") % {"title": row.title}
    text = _("It is offered for no new application. What was handed in with it stays there.")
    return form_page(
        request, form, title, _("Take out"), _page(row), text=text, danger=True, base="ui/public.html"
    )


@requires(rules.KEEP_OWN)
@require_http_methods(["GET", "POST"])
@once
def revoke_consent(request: Request, uuid: UUID) -> HttpResponse:
    """Take a consent back for the future, after a question."""
    rows = Consent.objects.select_related("entry").filter(entry__in=queries.entries_of(request.actor))
    consent = get_object_or_404(rows, uuid=uuid)
    if request.method == "POST":
        operations.revoke_consent(consent=consent, by=request.actor, at=request.at)
        messages.success(request, _("The consent was taken back."))
        return redirect("licences:mine_entry", uuid=consent.entry.uuid)
    title = _("Take back the consent for “%(title)s”") % {"title": consent.title}
    text = _("From now on it may not be used there any more. What was handed in already stays in the matter.")
    return form_page(
        request,
        None,
        title,
        _("Take back"),
        _page(consent.entry),
        text=text,
        danger=True,
        base="ui/public.html",
    )


def _own(request: Request, uuid: UUID) -> Entry:
    try:
        return queries.get_own(uuid, request.actor)
    except rules.NotYourLicence as error:
        raise Http404 from error


def _asked(request: Request) -> dict[str, Any]:
    return {"type": request.GET.get("type", "")}


def _page(row: Entry) -> str:
    return reverse("licences:mine_entry", args=[row.uuid])
