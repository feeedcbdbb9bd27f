"""Forms of delivery: how the paper shall come, who collected it, what was posted."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jingkai.modules.approvals.rules import delivering
from jingkai.modules.approvals.web.lists import ListFilter
from jingkai.records.files.api import accept_attribute
from jingkai.records.files.data import PICTURE_KINDS

RECEIPT_KINDS = ("pdf", *PICTURE_KINDS)
MOBILE = re.compile(r"1[3-9]\d{9}")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class DeliveryFilter(ListFilter):
    """The register of deliveries."""

    hint = _("Document, enterprise, receipt or waybill number")
    state = forms.ChoiceField(label=_("State"), required=False)
    way = forms.ChoiceField(label=_("Way"), required=False)

    STATES = (
        ("", _("Every state")),
        ("todo", _("To be done by the window")),
        ("late", _("Not delivered in time")),
        *delivering.STATES.items(),
    )
    WAYS = (
        ("", _("Every way")),
        ("electronic", delivering.WAYS[""]),
        ("window", delivering.WAYS["window"]),
        ("post", delivering.WAYS["post"]),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.fields["state"].choices = self.STATES  # type: ignore[attr-defined]
        self.fields["way"].choices = self.WAYS  # type: ignore[attr-defined]
        self.full_clean()


class PaperForm(forms.Form):
    """How the applicant wants a result on paper."""

    way = forms.ChoiceField(
        label=_("How shall the paper reach you?"),
        choices=(("window", _("I collect it at the window")), ("post", _("Send it by post, free of charge"))),
        widget=forms.RadioSelect,
        initial="window",
    )
    recipient = forms.CharField(
        label=_("Recipient"), max_length=80, required=False, help_text=_("Only for sending by post.")
    )
    phone = forms.CharField(label=_("Mobile phone"), max_length=20, required=False)
    address = forms.CharField(
        label=_("Postal address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the whole address where the paper shall be sent."""
        given = super().clean() or {}
        if given.get("way") != "post":
            return given
        for name in ("recipient", "phone", "address"):
            if not str(given.get(name) or "").strip():
                self.add_error(name, ValidationError(_("Needed for sending by post.")))
        phone = re.sub(r"[\s-]", "", str(given.get("phone") or ""))
        if phone and not MOBILE.fullmatch(phone):
            self.add_error(
                "phone", ValidationError(_("A mobile number has 11 digits and starts with 13 to 19."))
            )
        return given


class Versioned(forms.Form):
    """A form over the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(Versioned):
    """Who collects the paper, which document of theirs was seen, and their signature."""

    name = forms.CharField(label=_("Name of the person who collects it"), max_length=80)
    capacity = forms.ChoiceField(label=_("Acts as"), choices=tuple(delivering.CAPACITIES.items()))
    identity = forms.ChoiceField(
        label=_("Document that was seen"), choices=tuple(delivering.IDENTITIES.items())
    )
    number = forms.CharField(
        label=_("Its number"),
        max_length=40,
        help_text=_("Only the last four signs and a mark are kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    receipt = forms.FileField(
        label=_("Signed receipt of delivery"),
        help_text=_("A scan or a photograph of the signed paper."),
        widget=forms.ClearableFileInput(attrs={"accept": accept_attribute(RECEIPT_KINDS)}),
    )


class PostForm(Versioned):
    """With whom the letter was sent, and when."""

    carrier = forms.ChoiceField(label=_("Carrier"), choices=tuple(delivering.CARRIERS.items()))
    waybill = forms.CharField(label=_("Waybill number"), max_length=40)
    on = _day(_("Given to the carrier on"))


class ArrivalForm(Versioned):
    """When the letter arrived, and who signed."""

    receiver = forms.CharField(label=_("Signed for by"), max_length=80)
    on = _day(_("Arrived on"))


class ReturnForm(Versioned):
    """Why the letter came back."""

    reason = forms.CharField(
        label=_("Why it came back"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
