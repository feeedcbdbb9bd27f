"""The register of documents inside the house, and the files for those who may read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.api import NotPermitted, Request, may, requires, signed_in
from jingkai.kernel.submissions.api import once
from jingkai.records.documents import queries
from jingkai.records.documents.data import END_CLASSES, REPLACING
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.documents.operations import CannotEnd, record_export, revoke_document
from jingkai.records.documents.rules import REVOKE, SEE, spaced_code
from jingkai.records.files.api import is_beginning, send_file
from jingkai.ui.data import Column, Fact, Light, Link, Pager, Row, Table, Tone
from jingkai.ui.sheets import MOST_ROWS, Value, spreadsheet

PAGE = 50
TONES: dict[str, Tone] = {
    "prepared": "hold",
    "valid": "ok",
    "revoked": "late",
    "replaced": "late",
    "void": "none",
}


class RevokeForm(forms.Form):
    """Why a document stops being valid."""

    end_class = forms.ChoiceField(label=gettext_lazy("Ground in law"), choices=())
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stays inside; the public page shows the ground only."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        english = (get_language() or "").startswith("en")
        field = self.fields["end_class"]
        grounds = [(code, words) for code, words in END_CLASSES.items() if code not in REPLACING]
        field.choices = [(code, words[1 if english else 0]) for code, words in grounds]  # type: ignore[attr-defined]


@requires(SEE)
@require_safe
def show_register(request: Request) -> HttpResponse:
    """List what was issued, newest first."""
    text, state = request.GET.get("q", "")[:80], request.GET.get("state", "")
    before = request.GET.get("before", "")
    found = queries.list_register(
        text=text, state=state, before_id=int(before) if before.isdecimal() else None, limit=PAGE + 1
    )
    asked = urlencode({"q": text, "state": state})
    older = f"?{asked}&before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    context = {
        "table": _table(found[:PAGE]),
        "pager": Pager(older_url=older),
        "q": text,
        "state": state,
        "states": IssuedDocument.State.choices,
        "export": asked,
    }
    return render(request, "documents/register.html", context)


@requires(SEE)
@require_safe
def export_register(request: Request) -> HttpResponseBase:
    """Give the narrowed register as a spreadsheet; that it was taken is written to the trail."""
    text, state = request.GET.get("q", "")[:80], request.GET.get("state", "")
    found = queries.list_register(text=text, state=state, limit=MOST_ROWS + 1)
    title = _("Issued documents")
    facts = {"list": title, "filter": audit.mark(urlencode({"q": text, "state": state}))}
    record_export(facts=facts, by=request.actor, at=request.at)
    return spreadsheet(title=title, head=_head(), rows=_lines(found), on=localdate(request.at))


@requires(SEE)
@require_safe
def show_document(request: Request, uuid: UUID) -> HttpResponse:
    """Show one document with what became of it."""
    document = _document(uuid)
    context = {
        "document": document,
        "light": _light(document),
        "facts": _facts(document),
        "spaced": spaced_code(document.verification_code),
        "may_revoke": document.state == IssuedDocument.State.VALID and may(request.actor, REVOKE),
    }
    return render(request, "documents/document.html", context)


@signed_in
@require_safe
def show_file(request: Request, uuid: UUID) -> HttpResponseBase:
    """Show the paper in the browser, to those who may read it."""
    return _send(request, uuid, inline=True)


@signed_in
@require_safe
def download(request: Request, uuid: UUID) -> HttpResponseBase:
    """Send the paper for saving, to those who may read it."""
    return _send(request, uuid, inline=False)


@requires(REVOKE)
@once
def revoke(request: Request, uuid: UUID) -> HttpResponse:
    """Revoke a valid document."""
    document = _document(uuid)
    form = RevokeForm(request.POST or None, initial={"version": document.version})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != document.version:
            raise CannotEnd(number=document.number_text)
        revoke_document(
            document_id=document.pk,
            end_class=form.cleaned_data["end_class"],
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=request.at,
        )
        messages.success(request, _("%(number)s was revoked.") % {"number": document.number_text})
        return HttpResponseRedirect(reverse("documents:document", args=[uuid]))
    return render(request, "documents/revoke.html", {"form": form, "document": document})


def _send(request: Request, uuid: UUID, *, inline: bool) -> HttpResponseBase:
    document = _document(uuid)
    if not queries.may_read_document(request.actor, document):
        raise NotPermitted
    if is_beginning(request):
        audit.record(document, action="document.read", by=request.actor, at=request.at)
    return send_file(request, document.file, name=document.file_name, inline=inline)


def _document(uuid: UUID) -> IssuedDocument:
    document = queries.get_document(uuid)
    if document is None:
        raise Http404
    return document


def _light(document: IssuedDocument) -> Light:
    return Light(TONES[document.state], str(IssuedDocument.State(document.state).label))


def _table(documents: list[IssuedDocument]) -> Table:
    rows = [
        Row(
            cells=[
                Link(
                    document.title, reverse("documents:document", args=[document.uuid]), document.number_text
                ),
                _light(document),
                document.addressee_name,
                local(document.seal_use.seal, "name") if document.seal_use else "",
                document.issued_at or document.prepared_at,
            ],
            muted=document.state == IssuedDocument.State.VOID,
        )
        for document in documents
    ]
    columns = [
        Column(_("Document"), "title"),
        Column(_("State"), "light"),
        Column(_("Addressee")),
        Column(_("Seal")),
        Column(_("Issued at"), "date"),
    ]
    return Table(_("Issued documents"), columns, rows)


def _head() -> list[tuple[str, int]]:
    return [
        (_("Document number"), 28),
        (_("Document"), 40),
        (_("Kind of document"), 24),
        (_("State"), 10),
        (_("Deciding organ"), 30),
        (_("Addressee"), 30),
        (_("Seal"), 30),
        (_("Issued at"), 18),
        (_("Ended at"), 18),
        (_("Reason"), 40),
    ]


def _lines(documents: Iterable[IssuedDocument]) -> Iterator[list[Value]]:
    for one in documents:
        yield [
            one.number_text,
            one.title,
            local(one, "kind_name"),
            str(IssuedDocument.State(one.state).label),
            one.organ_name,
            one.addressee_name,
            local(one.seal_use.seal, "name") if one.seal_use else "",
            one.issued_at or one.prepared_at,
            one.ended_at,
            one.end_reason,
        ]


def _facts(document: IssuedDocument) -> list[Fact]:
    use = document.seal_use
    found = [
        Fact(_("Document number"), document.number_text),
        Fact(_("Kind of document"), local(document, "kind_name")),
        Fact(_("Deciding organ"), document.organ_name),
        Fact(_("Addressee"), document.addressee_name),
        Fact(_("Typeset at"), document.prepared_at),
        Fact(_("Issued at"), document.issued_at),
    ]
    if use is not None:
        found += [Fact(_("Seal"), use.seal.name), Fact(_("Authorised by"), use.authorised_by.name)]
    if document.ended_at is not None:
        found += [Fact(_("Ended at"), document.ended_at), Fact(_("Reason"), document.end_reason, wide=True)]
    found += [Fact("SHA-256", document.sha256, wide=True), Fact("SM3", document.sm3, wide=True)]
    return found
