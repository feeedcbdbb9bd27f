"""Forms of the service hall. Every message says what to type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from jingkai.ui.fields import SharedChoiceField

PROJECT_CODE = re.compile(r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$")

LONGEST_KEPT = 20_000
"""How many characters of one field are kept when the form has faults."""

SPECIAL_CLASSES = (
    ("assembly", _("Large assembly venue")),
    ("care", _("Hospital, school or home for the elderly")),
    ("high-rise", _("High-rise public building")),
    ("hazardous", _("Production, storage or handling of flammable and explosive goods")),
    ("power", _("Power station, pumped storage or energy storage")),
    ("large", _("Single building over 40,000 m² or public building over 50 m")),
    ("other", _("Other special construction project")),
)
STRUCTURES = (
    ("frame", _("Reinforced concrete frame")),
    ("shear-wall", _("Frame and shear wall")),
    ("steel", _("Steel structure")),
    ("portal", _("Light portal frame")),
    ("masonry", _("Masonry")),
)
KINDS = (("new", _("New building")), ("extension", _("Extension")), ("alteration", _("Alteration")))


class FactsForm(forms.Form):
    """The facts of the project, asked once for all three departments."""

    project_name = forms.CharField(label=_("Project name"), max_length=120)
    project_code = forms.CharField(
        label=_("Project code"),
        max_length=24,
        help_text=_("From the national investment platform, for example 2611-320826-04-01-118456."),
    )
    project_address = forms.CharField(label=_("Place of construction"), max_length=200)
    construction_kind = SharedChoiceField(label=_("Kind of construction"), choices=KINDS)
    special_class = SharedChoiceField(
        label=_("Class of special construction project"), choices=SPECIAL_CLASSES
    )
    building_use = forms.CharField(
        label=_("Use of the building"),
        max_length=120,
        help_text=_("For example: cold store and food workshop."),
    )
    building_area = forms.DecimalField(
        label=_("Floor area (m²)"),
        min_value=Decimal("1"),
        max_value=Decimal("9999999"),
        max_digits=10,
        decimal_places=2,
    )
    building_height = forms.DecimalField(
        label=_("Height (m)"),
        min_value=Decimal("1"),
        max_value=Decimal("999"),
        max_digits=6,
        decimal_places=2,
    )
    floors_above = forms.IntegerField(label=_("Floors above ground"), min_value=0, max_value=200)
    floors_below = forms.IntegerField(label=_("Floors below ground"), min_value=0, max_value=20)
    structure = SharedChoiceField(label=_("Structure"), choices=STRUCTURES)
    shelter_area = forms.DecimalField(
        label=_("Air-raid basement (m²)"),
        min_value=Decimal("0"),
        max_value=Decimal("9999999"),
        max_digits=10,
        decimal_places=2,
        help_text=_("Write 0 where it is built elsewhere."),
    )
    investment = forms.DecimalField(
        label=_("Total investment (10,000 yuan)"),
        min_value=Decimal("0.01"),
        max_value=Decimal("99999999"),
        max_digits=12,
        decimal_places=2,
    )
    design_firm = forms.CharField(label=_("Design firm"), max_length=120)
    contractor = forms.CharField(label=_("Contractor"), max_length=120)
    supervising_firm = forms.CharField(label=_("Supervising firm"), max_length=120)
    start_on = forms.DateField(
        label=_("Planned start of construction"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    contact_name = forms.CharField(label=_("Contact person"), max_length=40)
    contact_phone = forms.CharField(label=_("Contact's mobile phone"), max_length=20)
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    GROUPS: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (
            _("The project"),
            ("project_name", "project_code", "project_address", "construction_kind", "special_class"),
        ),
        (
            _("The building"),
            (
                "building_use",
                "building_area",
                "building_height",
                "floors_above",
                "floors_below",
                "structure",
                "shelter_area",
            ),
        ),
        (
            _("Money, firms and time"),
            ("investment", "design_firm", "contractor", "supervising_firm", "start_on"),
        ),
        (_("Whom we call"), ("contact_name", "contact_phone", "remark")),
    )

    def clean_project_code(self) -> str:
        """Check the shape of the national project code: 4-6-2-2-6 digits."""
        code = str(self.cleaned_data["project_code"]).strip()
        if not PROJECT_CODE.match(code):
            raise ValidationError(_("A project code has 20 digits in five groups: 2611-320826-04-01-118456."))
        return code

    def clean_contact_phone(self) -> str:
        """Check that the phone is a mobile number of the mainland, eleven digits."""
        phone = re.sub(r"[\s-]", "", str(self.cleaned_data["contact_phone"]))
        if not re.match(r"^1[3-9]\d{9}$", phone):
            raise ValidationError(_("A mobile number has 11 digits and starts with 13 to 19."))
        return phone

    @classmethod
    @cache
    def labels(cls) -> Mapping[str, Any]:
        """What each field is called; a form need not be made anew to say so."""
        return {name: one.label for name, one in cls().fields.items()}

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields in the order and under the headings of the page."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def stored(self) -> dict[str, Any]:
        """What a right form says, ready for JSON: decimals and dates as text."""
        return {name: _plain(self.cleaned_data.get(name)) for name in self.fields}

    def raw(self) -> dict[str, str]:
        """What was typed, letter by letter, right or wrong."""
        return {name: str(self.data.get(name, ""))[:LONGEST_KEPT] for name in self.fields}


class ItemFactsForm(FactsForm):
    """The facts of a single item: what it is about, where, and whom the unit calls.

    Whatever else its law asks for stands in its own form among the materials.
    """

    GROUPS = (
        (_("The matter"), ("project_name", "project_code", "project_address")),
        (_("Whom we call"), ("contact_name", "contact_phone", "remark")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {name for _title, names in self.GROUPS for name in names}
        for name in [one for one in self.fields if one not in asked]:
            del self.fields[name]
        subject, code, place = (self.fields[name] for name in self.GROUPS[0][1])
        subject.label = _("What you apply for")
        subject.help_text = _("In a few words: the shop, the project or the change that it is about.")
        code.label, code.required = _("Project code, where it belongs to a project"), False
        place.label = _("Place that it is about")

    def clean_project_code(self) -> str:
        """No project, no code; where there is one its shape is checked."""
        code = str(self.cleaned_data["project_code"]).strip()
        return super().clean_project_code() if code else ""


def facts_form(package: Any) -> type[FactsForm]:
    """The form of facts of a package, or of the single item that it carries."""
    return ItemFactsForm if package.version_of_id else FactsForm


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str)) else "" if value is None else str(value)


def typed_text(data: QueryDict, name: str, *, most: int) -> str:
    """What was typed into a field without a form, cut."""
    return data.get(name, "").strip()[:most]


def typed_number(data: QueryDict, name: str) -> int:
    """A whole number out of a field without a form; zero for anything else."""
    text = data.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


class OpinionForm(forms.Form):
    """An officer's conclusion with its reason."""

    outcome = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Opinion"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the conclusion and its basis before you submit.")},
    )


class QuestionForm(forms.Form):
    """A question to the applicant. It does not stop the clock."""

    text = forms.CharField(
        label=_("Question to the applicant"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what you want to know.")},
    )


class AnswerForm(forms.Form):
    """The applicant's answer to a question."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write your answer before you send it.")},
    )


class ExpertReviewForm(forms.Form):
    """Why an expert review is needed; the law's basis is filled by the rule."""

    reason = forms.CharField(
        label=_("Why an expert review is needed"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why an expert review is needed; the applicant is told.")},
    )


class ConclusionForm(forms.Form):
    """What the experts concluded."""

    conclusion = forms.CharField(
        label=_("Conclusion of the experts"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the experts' conclusion before you resume the clock.")},
    )


class RefusalForm(forms.Form):
    """Why an application is not accepted (行政许可法 32: reasons in writing)."""

    reason = forms.CharField(
        label=_("Reason for not accepting"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason; the applicant receives it in writing.")},
    )


class RevokeForm(forms.Form):
    """Why a sealed result is revoked; the public page shows that it was."""

    reason = forms.CharField(
        label=_("Reason for revoking"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason; it goes into the trail and to the applicant.")},
    )
