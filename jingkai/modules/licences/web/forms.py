"""Forms of the licence library."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.licences.data import EntryDraft
from jingkai.modules.licences.models import Entry, LicenceType
from jingkai.records.files.api import accept_attribute
from jingkai.records.files.data import OFFICE_KINDS, PICTURE_KINDS

KINDS = (*OFFICE_KINDS, *PICTURE_KINDS)


class TypeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A type of licence, shown by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name in the reader's language."""
        return local(obj, "name")


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class EntryForm(forms.Form):
    """What is written down of a licence."""

    title = forms.CharField(
        label=_("Name of the licence"),
        max_length=200,
        required=False,
        help_text=_("Leave empty to use the name of the type."),
    )
    number = forms.CharField(label=_("Number of the licence"), max_length=100, required=False)
    issuer = forms.CharField(label=_("Issuing organ"), max_length=200, required=False)
    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid until"))

    def clean(self) -> dict[str, Any]:
        """Check that the days stand in order."""
        given = super().clean() or {}
        first, last = given.get("valid_from"), given.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", ValidationError(gettext("The last day cannot be before the first.")))
        return given

    def draft(self) -> EntryDraft:
        """What a right form says."""
        given = self.cleaned_data
        return EntryDraft(
            title=given["title"].strip(),
            number=given["number"].strip(),
            issuer=given["issuer"].strip(),
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
        )


class FileForm(EntryForm):
    """What is written down, with the file itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A scan or the electronic licence: PDF, OFD, picture or office file."),
        widget=forms.ClearableFileInput(attrs={"accept": accept_attribute(KINDS)}),
    )


class NewForm(FileForm):
    """A new entry: its type first."""

    type = TypeChoice(label=_("Type"), queryset=LicenceType.objects.none(), to_field_name="code")
    field_order = ("type", "title", "number", "issuer", "valid_from", "valid_to", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = LicenceType.objects.exclude(code="zone-result")  # type: ignore[attr-defined]


class CorrectForm(EntryForm):
    """A correction, over the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class WhyForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


STATES = (
    ("", _("Every state")),
    ("valid", pgettext_lazy("licence", "Valid")),
    ("expired", pgettext_lazy("licence", "Expired")),
    ("revoked", pgettext_lazy("licence", "Revoked")),
    ("replaced", pgettext_lazy("licence", "Replaced")),
    ("removed", pgettext_lazy("licence", "Taken out")),
)


class FilterForm(forms.Form):
    """What a list of licences is narrowed to; what does not fit narrows nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=80)
    type = forms.ChoiceField(label=_("Type"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    origin = forms.ChoiceField(label=_("Origin"), required=False)

    def __init__(self, *args: Any, types: list[LicenceType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.code, local(one, "name")) for one in types]
        self.fields["type"].choices = [("", _("Every type")), *named]  # type: ignore[attr-defined]
        self.fields["origin"].choices = [("", _("Every origin")), *Entry.Origins.choices]  # type: ignore[attr-defined]
        words = {"type": "search", "placeholder": _("Title, number or organ")}
        self.fields["q"].widget.attrs.update(words)


def is_day(text: str) -> bool:
    """Whether a text is a day or a moment as the list's own links write it."""
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True
