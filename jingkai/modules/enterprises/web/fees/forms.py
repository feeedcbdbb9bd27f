"""Forms of fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.enterprises import queries
from jingkai.modules.enterprises.models import FeeItem, Payment
from jingkai.modules.enterprises.operations import PaymentDraft

SMALLEST = Decimal("0.01")


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day, picked."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class FeeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A line of the fee list, shown by name and standard."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and standard in the reader's language."""
        return f"{local(obj, 'name')} · {queries.standard_words(obj)}"


class DemandForm(forms.Form):
    """A new demand: for whom, which line of the list, how much of it."""

    uscc = forms.CharField(label=_("Unified social credit code"), max_length=40)
    case = forms.CharField(
        label=_("Receipt number of the matter"),
        max_length=40,
        required=False,
        help_text=_("Leave empty where the fee belongs to no matter."),
    )
    item = FeeChoice(
        label=_("Fee"),
        queryset=FeeItem.objects.none(),
        to_field_name="code",
        error_messages={
            "invalid_choice": _("It is not on the fee list in force; nothing outside the list is charged.")
        },
    )
    quantity = forms.DecimalField(
        label=_("Quantity"),
        min_value=SMALLEST,
        max_digits=14,
        decimal_places=2,
        help_text=_("In the unit of the standard; for a fixed sum write 1."),
    )
    due_on = day_field(_("To be paid by"), required=False)

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = queries.fee_items(on=on)  # type: ignore[attr-defined]


class PaymentForm(forms.Form):
    """A payment: how much, when, how, by which voucher, with the slip."""

    amount = forms.DecimalField(label=_("Amount (yuan)"), min_value=SMALLEST, max_digits=14, decimal_places=2)
    paid_on = day_field(_("Paid on"))
    channel = forms.ChoiceField(label=_("Channel"), choices=Payment.Channel.choices)
    voucher = forms.CharField(
        label=_("Voucher number"), max_length=80, help_text=_("The number of the transfer or receipt.")
    )
    slip = forms.FileField(label=_("Slip"), required=False, help_text=_("Picture or PDF of the voucher."))

    def draft(self) -> PaymentDraft:
        """What a right form says."""
        given = self.cleaned_data
        return PaymentDraft(given["amount"], given["paid_on"], given["channel"], given["voucher"].strip())


class SlipForm(PaymentForm):
    """A payment that the enterprise reports itself: the slip is needed."""

    slip = forms.FileField(label=_("Slip"), help_text=_("Picture or PDF of the voucher."))


class ReasonForm(forms.Form):
    """Why something is called off or not found."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class RefundForm(ReasonForm):
    """Money given back."""

    amount = forms.DecimalField(label=_("Amount (yuan)"), min_value=SMALLEST, max_digits=14, decimal_places=2)
    refunded_on = day_field(_("Refunded on"))
    voucher = forms.CharField(label=_("Voucher number"), max_length=80)
    field_order = ("amount", "refunded_on", "voucher", "reason")
