"""The editor of the texts of notices, with every former version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.hooks.api import local
from jingkai.kernel.notices import operations
from jingkai.kernel.notices.data import CHANNELS, EMAIL, PAGE, SMS, NoticeKind, TextDraft
from jingkai.kernel.notices.models import NoticeTemplate
from jingkai.kernel.notices.operations.texts import ChangedMeanwhile, UnknownFact
from jingkai.kernel.notices.queries import newest_version
from jingkai.kernel.notices.rules import MANAGE_TEXTS
from jingkai.kernel.notices.rules.kinds import fill, kinds
from jingkai.kernel.parties.api import get_names
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Column, Fact, Link, Row, Table
from jingkai.ui.words import listed

CHANNEL_WORDS = {
    PAGE: gettext_lazy("on the page"),
    EMAIL: gettext_lazy("E-mail"),
    SMS: gettext_lazy("Text message"),
}


class TextForm(forms.Form):
    """The wording of one kind in both languages."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("English title"), max_length=160)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    body_en = forms.CharField(
        label=gettext_lazy("English text"),
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    sms = forms.CharField(
        label=gettext_lazy("Text message"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("As registered with the provider; the facts it uses are sent as parameters."),
    )
    sms_en = forms.CharField(label=gettext_lazy("English text message"), max_length=300, required=False)
    sms_code = forms.CharField(label=gettext_lazy("Provider's template"), max_length=60, required=False)
    sms_code_en = forms.CharField(
        label=gettext_lazy("Provider's English template"), max_length=60, required=False
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Channels"),
        choices=[(name, CHANNEL_WORDS[name]) for name in CHANNELS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def draft(self) -> TextDraft:
        """Give what was written."""
        given = dict(self.cleaned_data)
        del given["seen_version"]
        return TextDraft(**{**given, "channels": tuple({PAGE, *given["channels"]})})


@requires(MANAGE_TEXTS)
@require_safe
def texts(request: Request) -> HttpResponse:
    """List the kinds of notices with their present titles."""
    newest = {row.kind: row for row in NoticeTemplate.objects.order_by("kind", "version")}
    columns = [
        Column(_("Notice"), "title"),
        Column(_("Title")),
        Column(_("Channels")),
        Column(_("Version"), "number"),
    ]
    rows = [_line(kind, newest.get(kind.code)) for kind in kinds.all()]
    return render(request, "notices/texts.html", {"table": Table(_("Notice texts"), columns, rows)})


def _line(kind: NoticeKind, row: NoticeTemplate | None) -> Row:
    source = row or kind
    channels = listed(str(CHANNEL_WORDS[name]) for name in CHANNELS if name in source.channels)
    link = Link(local(kind, "name"), reverse("notice_text", kwargs={"kind": kind.code}), kind.code)
    return Row([link, local(source, "title"), channels, row.version if row else 0])


@requires(MANAGE_TEXTS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def text(request: Request, kind: str) -> HttpResponse:
    """Edit the wording of one kind; every save is a new version."""
    declared = kinds.get(kind)
    if declared is None:
        raise Http404
    if request.method == "POST":
        form = TextForm(request.POST)
        if form.is_valid() and _save(request, declared, form):
            messages.success(request, _("The text was saved as a new version."))
            return redirect("notice_text", kind=kind)
    else:
        typed = held(request)
        form = TextForm(typed) if typed else TextForm(initial=_initial(declared))
    status = 422 if request.method == "POST" else 200
    return render(request, "notices/text.html", _context(declared, form), status=status)


def _save(request: Request, kind: NoticeKind, form: TextForm) -> bool:
    seen = form.cleaned_data["seen_version"]
    try:
        operations.write_text(
            kind=kind.code, draft=form.draft(), seen_version=seen, by=request.actor, at=request.at
        )
    except (UnknownFact, ChangedMeanwhile) as error:
        form.add_error(None, f"{error.sentence} {error.advice}")
        return False
    return True


def _initial(kind: NoticeKind) -> dict[str, Any]:
    row = newest_version(kind.code)
    names = [name for name in TextForm.base_fields if name not in {"seen_version", "channels"}]
    values = {name: getattr(row or kind, name, "") for name in names}
    channels = list((row or kind).channels)
    return {**values, "channels": channels, "seen_version": row.version if row else 0}


def _context(kind: NoticeKind, form: TextForm) -> dict[str, Any]:
    versions = list(NoticeTemplate.objects.filter(kind=kind.code).order_by("-version")[:50])
    people = get_names(row.edited_by for row in versions if row.edited_by)
    columns = [
        Column(_("Version"), "number"),
        Column(_("Title"), "title"),
        Column(_("Edited by")),
        Column(_("Edited at"), "date"),
    ]
    rows = [
        Row(
            [
                row.version,
                Link(local(row, "title"), "", local(row, "body")),
                people[row.edited_by].name if row.edited_by in people else "",
                row.edited_at,
            ]
        )
        for row in versions
    ]
    example = {name: f"‹{name}›" for name in kind.facts}
    source = versions[0] if versions else kind
    return {
        "kind": kind,
        "name": local(kind, "name"),
        "form": form,
        "facts": [f"{{{name}}}" for name in kind.facts],
        "preview": [
            Fact(_("Title"), fill(local(source, "title"), example)),
            Fact(_("Text"), fill(local(source, "body"), example), wide=True),
            Fact(_("Text message"), fill(local(source, "sms"), example), wide=True),
        ],
        "versions": Table(_("Versions"), columns, rows),
    }
