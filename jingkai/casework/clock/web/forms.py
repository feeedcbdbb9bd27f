"""Forms of clocks: an extension, an appeal, its decision, the filter of cards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock.data import Approver
from jingkai.casework.clock.models import Card
from jingkai.casework.clock.queries import CardFilter

LONGEST = 4000


class ExtensionForm(forms.Form):
    """How long, approved by whom with which paper, and the reason that the applicant is told."""

    days = forms.IntegerField(label=_("Longer by"), min_value=1, max_value=1000)
    approver = forms.ChoiceField(
        label=_("Approved by"),
        choices=[
            (Approver.ORGAN_HEAD.value, _("Head of the deciding organ")),
            (Approver.GOVERNMENT_HEAD.value, _("Head of the people's government")),
        ],
    )
    basis = forms.CharField(
        label=_("Paper of approval"),
        max_length=200,
        help_text=_("Its number or date, such as 延期审批单 3 号."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The applicant is told this reason in these words (行政许可法 42)."),
    )


class AppealForm(forms.Form):
    """Why a card is not deserved."""

    text = forms.CharField(
        label=_("Why is the card not deserved?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )


class DecisionForm(forms.Form):
    """What becomes of a card on appeal, and why."""

    withdraw = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("1", _("Withdraw the card")), ("0", _("The card stands"))],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))


class CardFilterForm(forms.Form):
    """Which cards are listed."""

    colour = forms.ChoiceField(label=_("Card"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("All"))]
        for name, choices in (
            ("colour", Card.Colour.choices),
            ("state", Card.State.choices),
            ("unit", units),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*every, *choices]

    def wanted(self) -> CardFilter:
        """Give the filter; what is damaged does not narrow."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        unit = given.get("unit") or ""
        return CardFilter(
            colour=given.get("colour") or "",
            state=given.get("state") or "",
            unit=UUID(unit) if unit else None,
            since=given.get("since"),
            until=given.get("until"),
        )
