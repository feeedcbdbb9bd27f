"""Forms of the catalogue's editors, built from the list of fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from jingkai.modules.approvals.models import Power
from jingkai.modules.approvals.rules.fields import LEGAL, SECTIONS, ItemField, fields_of

Choices = Sequence[tuple[str, Any]]


class ContentForm(forms.Form):
    """A form over some fields of a content; what a draft may lack is never demanded here."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        specs: Sequence[ItemField],
        *,
        told: Mapping[str, Any],
        version: int,
        choices: Mapping[str, Choices],
        data: Any = None,
    ) -> None:
        self.specs = [spec for spec in specs if spec.type != "list"]
        initial = {key: told.get(key) for spec in self.specs for key in spec.keys}
        super().__init__(data, initial={**initial, "version": version})
        for spec in self.specs:
            for key in spec.keys:
                label = spec.label if key == spec.name else format_lazy("{} (English)", spec.label)
                self.fields[key] = _field(spec, label, choices.get(spec.name, spec.options))

    def changes(self) -> dict[str, Any]:
        """What was typed, as the content stores it."""
        found: dict[str, Any] = {}
        for spec in self.specs:
            for key in spec.keys:
                value = self.cleaned_data.get(key)
                found[key] = value if spec.type in ("integer", "choices") else (value or "").strip()
        return found


class LineForm(ContentForm):
    """One line of a list; a material that is a form may bring the zone's own files."""

    def __init__(self, *args: Any, told: Mapping[str, Any], files: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, told=told, **kwargs)
        if files:
            self.files = files
        self.own = told.get("kind") == "form"
        if not self.own:
            return
        for kind, label in (("blank", _("Own blank form")), ("sample", _("Own sample form"))):
            name = told.get(f"{kind}_name")
            self.fields[f"{kind}_upload"] = forms.FileField(
                label=label,
                required=False,
                help_text=name or _("PDF, DOCX or XLSX; without one the form is typeset from the catalogue."),
                widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.xlsx"}),
            )
            if name:
                self.fields[f"{kind}_away"] = forms.BooleanField(
                    label=_("Take it away and typeset the form again"), required=False
                )


def _field(spec: ItemField, label: Any, options: Choices) -> forms.Field:
    if spec.type == "integer":
        return forms.IntegerField(
            label=label, required=False, min_value=spec.least, max_value=spec.most, help_text=spec.help
        )
    if spec.type == "choices":
        return forms.MultipleChoiceField(
            label=label, required=False, choices=options, widget=forms.CheckboxSelectMultiple
        )
    if options:
        return forms.ChoiceField(
            label=label, required=False, choices=[("", "—"), *options], help_text=spec.help
        )
    long = spec.type == "long"
    widget = forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput()
    most = spec.most * (2 if spec.bilingual else 1)
    return forms.CharField(label=label, required=False, max_length=most, widget=widget, help_text=spec.help)


def section_form(
    section: str, *, told: Mapping[str, Any], version: int, choices: Mapping[str, Choices], data: Any = None
) -> ContentForm:
    """The form of one section."""
    return ContentForm(fields_of(section), told=told, version=version, choices=choices, data=data)


def choices_of(units: Choices, limits: Choices) -> dict[str, Choices]:
    """What the zone itself offers: its units, its rules of limits."""
    return {"unit": units, "limit_key": limits}


class NewItemForm(forms.Form):
    """A new item begins with its address and its name."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens; it is the item's address."),
    )
    name = forms.CharField(label=_("Item name"), max_length=120)
    name_en = forms.CharField(label=_("Item name, in English"), max_length=200)


class ConfirmItemForm(forms.Form):
    """Which statements were checked, against which local instrument."""

    sections = forms.MultipleChoiceField(
        label=_("Statements that were checked"),
        choices=[(section.code, section.label) for section in SECTIONS if section.code in LEGAL],
        widget=forms.CheckboxSelectMultiple,
    )
    instrument = forms.CharField(
        label=_("Local instrument"),
        max_length=200,
        help_text=_("Its name and number, for example 示政办发〔2026〕3号."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class PublishForm(forms.Form):
    """From which day a version applies."""

    starts_on = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """An act that says why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ImportForm(forms.Form):
    """A spreadsheet of items, or the provincial platform's file."""

    file = forms.FileField(
        label=_("File"), help_text=_("XLSX after the template, or JSON of the provincial platform.")
    )


class HandOverForm(forms.Form):
    """To whom a matter without a power goes, and why."""

    organ = forms.CharField(label=_("To which organ"), max_length=120)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class PowerForm(forms.Form):
    """A power as its keeper writes it down; organ and respondent follow from the basis."""

    item = forms.ChoiceField(label=_("Item"))
    basis = forms.ChoiceField(
        label=_("Basis"),
        choices=[
            (Power.Basis.DISPATCHED, _("Dispatched: decided in the department's name")),
            (Power.Basis.ENTRUSTED, _("Entrusted: decided in the entrusting organ's name")),
            (Power.Basis.CONCENTRATED, _("Concentrated: decided in the committee's own name")),
        ],
    )
    entruster = forms.ChoiceField(
        label=_("Organ it comes from"),
        required=False,
        help_text=_("The organ that entrusts, or that sends its officers."),
    )
    exercised_by = forms.ChoiceField(label=_("Exercised by"))
    instrument = forms.CharField(label=_("Instrument"), max_length=120)
    starts_on = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("In force until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, items: Choices, outside: Choices, inside: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("item", items),
            ("entruster", [("", "—"), *outside]),
            ("exercised_by", inside),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
