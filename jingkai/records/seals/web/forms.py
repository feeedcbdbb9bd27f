"""Forms about seals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.records.seals.models import Seal


class HandOverForm(forms.Form):
    """To whom a seal goes, and on what basis."""

    custodian = forms.TypedChoiceField(label=_("New custodian"), coerce=int)
    basis = forms.CharField(
        label=_("Basis of the handover"),
        max_length=200,
        help_text=_("The decision or order that says so, with its number."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["custodian"].choices = people  # type: ignore[attr-defined]


class StateForm(forms.Form):
    """What becomes of a seal, and why."""

    to = forms.ChoiceField(label=_("New state"))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, states: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(state, Seal.State(state).label) for state in states]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class MakeForm(forms.Form):
    """A new seal."""

    code = forms.SlugField(
        label=_("Seal code"), max_length=20, help_text=_("Short and unique, such as 2 or finance.")
    )
    name = forms.CharField(label=_("Seal name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    ring_text = forms.CharField(label=_("Text along the edge"), max_length=24)
    line_text = forms.CharField(label=_("Text across"), max_length=12, required=False)
    number_text = forms.CharField(label=_("Number on the seal"), max_length=8, required=False)
    diameter_mm = forms.DecimalField(label=_("Diameter in mm"), min_value=30, max_value=60, initial=42)
    custodian = forms.TypedChoiceField(label=_("Custodian"), coerce=int)
    basis = forms.CharField(label=_("Basis of the handover"), max_length=200)
    demo = forms.BooleanField(label=_("Demonstration seal"), required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["custodian"].choices = people  # type: ignore[attr-defined]


class StandingForm(forms.Form):
    """Which papers a seal goes on without a decision for each, by whom, on what basis."""

    papers = forms.MultipleChoiceField(label=_("Kinds of papers"), widget=forms.CheckboxSelectMultiple)
    users = forms.TypedChoiceField(
        label=_("Who may seal them"),
        coerce=int,
        help_text=_("A unit: everybody who works there, together with issuing the paper itself."),
    )
    basis = forms.CharField(
        label=_("Basis of the authorisation"),
        max_length=200,
        help_text=_("The decision or order that says so, with its number."),
    )
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self, *args: Any, papers: list[tuple[str, str]], units: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].choices = papers  # type: ignore[attr-defined]
        self.fields["users"].choices = units  # type: ignore[attr-defined]


class EndStandingForm(forms.Form):
    """Why a standing authorisation ends."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)


class KeeperForm(forms.Form):
    """Where a seal's key is kept."""

    keeper = forms.ChoiceField(label=_("Key kept by"), choices=Seal.Keeper.choices)
    outside_code = forms.CharField(
        label=_("Code in the state service"),
        max_length=40,
        required=False,
        help_text=_("The code under which the state seal service keeps this seal; empty for an own key."),
    )
    basis = forms.CharField(label=_("Basis of the change"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ArrivedForm(forms.Form):
    """A paper that was sealed in the state service by hand."""

    number = forms.CharField(label=_("Number of the signature there"), max_length=120)
    paper = forms.FileField(
        label=_("Sealed paper (PDF)"),
        help_text=_("The file that the service gave; it is compared with the paper that was ordered."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
    )
