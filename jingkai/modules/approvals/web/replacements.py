"""Replacement of results: asked for by the enterprise, checked by the window."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions import api as submissions
from jingkai.modules.approvals import operations, queries, rules
from jingkai.modules.approvals.models import Replacement
from jingkai.modules.approvals.web.acts import Unfinished
from jingkai.modules.approvals.web.lists import MOST_ROWS, ListFilter
from jingkai.records.documents.models import IssuedDocument
from jingkai.ui.data import Column, Fact, Light, Link, Row, Table, Tone
from jingkai.ui.sheets import spreadsheet

State = Replacement.State
GROUNDS = {
    "lost": gettext_lazy("Lost"),
    "damaged": gettext_lazy("Damaged"),
    "changed": gettext_lazy("Registered facts changed"),
    "corrected": gettext_lazy("Mistake in the document"),
}
STATES: dict[str, tuple[Tone, Any]] = {
    "asked": ("warn", gettext_lazy("To be checked")),
    "sealing": ("hold", gettext_lazy("Waits for approval and seal")),
    "done": ("ok", gettext_lazy("Replaced by a new one")),
    "refused": ("none", gettext_lazy("Not replaced")),
}


class ReplacementFilter(ListFilter):
    """The register of replacements."""

    hint = gettext_lazy("Document, enterprise or receipt number")
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=(("", gettext_lazy("Every state")), *((code, words) for code, (_t, words) in STATES.items())),
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"),
        required=False,
        choices=(("", gettext_lazy("Every ground")), *GROUNDS.items()),
    )


class AskForm(forms.Form):
    """Why an enterprise needs a new document."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), choices=tuple(GROUNDS.items()), widget=forms.RadioSelect, initial="lost"
    )
    reason = forms.CharField(
        label=gettext_lazy("The circumstances"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class CheckForm(forms.Form):
    """What the window found."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    correction = forms.CharField(
        label=gettext_lazy("What the new document says differently"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For a change or a mistake only; it is printed in the document."),
    )


class RefuseForm(forms.Form):
    """Why a result is not replaced."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why it is not replaced"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


def replacement_light(one: Replacement) -> Light:
    """How a replacement stands."""
    tone, words = STATES[one.state]
    return Light(tone, str(words))


@requires(rules.APPLY)
@require_http_methods(["GET", "POST"])
@submissions.once
def ask(request: Request, uuid: UUID, document: UUID) -> HttpResponse:
    """Ask for a new document in a result's place."""
    found = _own(request, uuid, document)
    form = AskForm(request.POST or submissions.held(request) or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.ask_for_replacement(
                document=found,
                ground=form.cleaned_data["ground"],
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("Asked. The window checks it; you will be told."))
            return redirect("approvals:receive", uuid=uuid, document=document)
    context = {
        "document": found,
        "form": form,
        "back_url": reverse("approvals:receive", args=[uuid, document]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "approvals/replace.html", context, status=status)


@requires(rules.DELIVER)
@require_safe
def replacements(request: Request) -> HttpResponse:
    """All replacements, newest first or oldest first."""
    form = ReplacementFilter(request)
    oldest = form.sort == "oldest"
    rows, place = queries.page_after(_wanted(form), field="asked_at", ascending=oldest, after=form.after)
    table = Table(
        caption=_("Replacements"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Document"), "title"),
            Column(_("Enterprise")),
            Column(_("Ground")),
            Column(_("New document")),
            Column(
                _("Asked"),
                "date",
                "?" + form.query(sort="" if oldest else "oldest"),
                "ascending" if oldest else "descending",
            ),
        ],
        rows=[
            Row(
                [
                    replacement_light(one),
                    Link(
                        one.old.title,
                        reverse("approvals:replacement", args=[one.uuid]),
                        one.old.number_text,
                    ),
                    one.old.addressee_name,
                    str(GROUNDS[one.ground]),
                    one.new.number_text if one.new else "—",
                    one.asked_at,
                ]
            )
            for one in rows
        ],
    )
    context = {
        "form": form,
        "rows": table,
        "pager": form.pager(place),
        "export_url": f"{reverse('approvals:replacements_export')}?{form.query()}",
    }
    return render(request, "approvals/replacements.html", context)


@requires(rules.DELIVER)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The same list as a spreadsheet."""
    form = ReplacementFilter(request)
    operations.record_export(page="replacements", query=form.query(), by=request.actor, at=request.at)
    head = [
        (_("Document"), 30),
        (_("Document number"), 22),
        (_("Enterprise"), 30),
        (_("Ground"), 16),
        (_("State"), 18),
        (_("New document"), 22),
        (_("Asked"), 17),
        (_("Replaced"), 17),
    ]
    rows = (
        [
            one.old.title,
            one.old.number_text,
            one.old.addressee_name,
            str(GROUNDS[one.ground]),
            replacement_light(one).text,
            one.new.number_text if one.new else "",
            one.asked_at,
            one.done_at,
        ]
        for one in _wanted(form).order_by("-asked_at", "-pk")[:MOST_ROWS]
    )
    return spreadsheet(title=_("Replacements"), head=head, rows=rows, on=timezone.localdate(request.at))


@requires(rules.DELIVER)
@require_safe
def replacement(request: Request, uuid: UUID) -> HttpResponse:
    """One replacement: what was asked, and what the window may do."""
    found = get_object_or_404(queries.replacements(), uuid=uuid)
    initial = {"version": found.version}
    asked = getattr(found, "request", None)
    context = {
        "replacement": found,
        "light": replacement_light(found),
        "facts": _facts(found),
        "check": CheckForm(initial=initial, auto_id="c_%s"),
        "refusal": RefuseForm(initial=initial, auto_id="r_%s"),
        "may_check": found.state == State.ASKED,
        "case": asked.case if asked else None,
    }
    return render(request, "approvals/replacement.html", context)


@requires(rules.DELIVER)
@require_POST
@submissions.once
def prepare(request: Request, uuid: UUID) -> HttpResponse:
    """Find a replacement right: typeset the new document and ask for its seal."""
    found, form = get_object_or_404(queries.replacements(), uuid=uuid), CheckForm(request.POST)
    _valid(form)
    asked = operations.send_to_seal(
        replacement=found,
        correction=form.cleaned_data["correction"],
        version=form.cleaned_data["version"],
        by=request.actor,
        at=request.at,
    )
    messages.success(
        request,
        _("%(number)s is prepared; the request to seal it is %(request)s.")
        % {"number": asked.document.number_text, "request": asked.case.reference},
    )
    return redirect("approvals:replacement", uuid=uuid)


@requires(rules.DELIVER)
@require_POST
@submissions.once
def refuse(request: Request, uuid: UUID) -> HttpResponse:
    """Refuse a replacement, with the reason."""
    found, form = get_object_or_404(queries.replacements(), uuid=uuid), RefuseForm(request.POST)
    _valid(form)
    operations.refuse_replacement(
        replacement=found,
        reason=form.cleaned_data["reason"],
        version=form.cleaned_data["version"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("Refused; the enterprise was told why."))
    return redirect("approvals:replacement", uuid=uuid)


def _facts(one: Replacement) -> list[Fact]:
    case = one.application.case
    found = [
        Fact(_("Enterprise"), one.old.addressee_name),
        Fact(_("Receipt number"), case.reference if case else ""),
        Fact(_("Ground"), str(GROUNDS[one.ground])),
        Fact(_("Asked"), one.asked_at),
        Fact(_("Asked by"), local(one.asked_by, "name")),
        Fact(_("New document"), one.new.number_text if one.new else "—"),
        Fact(_("The circumstances"), one.reason, wide=True),
    ]
    if one.correction:
        found.append(Fact(_("What the new document says differently"), one.correction, wide=True))
    if one.checked_by is not None:
        found += [Fact(_("Checked by"), local(one.checked_by, "name")), Fact(_("Checked"), one.checked_at)]
    if one.answer:
        found.append(Fact(_("Why it is not replaced"), one.answer, wide=True))
    return found


def _valid(form: forms.Form) -> None:
    if not form.is_valid():
        raise Unfinished(str(next(iter(form.errors.values()))[0]))


def _wanted(form: ReplacementFilter) -> Any:
    return queries.filtered_replacements(
        text=form.text, state=form.value("state"), ground=form.value("ground")
    )


def _own(request: Request, uuid: UUID, document: UUID) -> IssuedDocument:
    found = queries.deliveries().filter(application__uuid=uuid, document__uuid=document).first()
    if found is None or not rules.may_read_application(request.actor, found.application):
        raise Http404
    return found.document
