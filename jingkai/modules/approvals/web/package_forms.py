"""Forms of packages: hearings, conditions, mandates. Every message says what to type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jingkai.modules.approvals.models import Hearing, MandateAct

ACTS = (
    (MandateAct.DRAFT, _("Fill in applications")),
    (MandateAct.UPLOAD, _("Upload materials")),
    (MandateAct.SUBMIT, _("Hand in applications")),
    (MandateAct.SUPPLY, _("Supply corrections and later materials")),
    (MandateAct.ANSWER, _("Answer questions")),
)


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day, typed or chosen."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class HearingForm(forms.Form):
    """A hearing: on whose wish, when, where, why."""

    kind = forms.ChoiceField(
        label=_("On whose wish"),
        choices=(
            (Hearing.Kind.REQUESTED, _("Asked for (Administrative Licensing Law, art. 47)")),
            (Hearing.Kind.OFFICIAL, _("Of the organ's own accord (art. 46)")),
        ),
    )
    told_on = day_field(_("Told of the right on"), required=False)
    requested_on = day_field(_("Asked for on"), required=False)
    held_on = day_field(_("Day of the hearing"), help_text=_("At least seven days from now."))
    place = forms.CharField(label=_("Place of the hearing"), max_length=120)
    reason = forms.CharField(
        label=_("What the hearing is about"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """A hearing that was asked for names both days."""
        cleaned = super().clean() or {}
        asked = cleaned.get("kind") == Hearing.Kind.REQUESTED
        if asked and not (cleaned.get("told_on") and cleaned.get("requested_on")):
            self.add_error("requested_on", _("Write when the applicant was told and when they asked."))
        return cleaned


class HearingEndForm(forms.Form):
    """What the hearing found."""

    conclusion = forms.CharField(
        label=_("What the hearing found"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ConditionForm(forms.Form):
    """The number of the document that was checked."""

    number = forms.CharField(label=_("Number of the document"), max_length=80)


class WrongForm(forms.Form):
    """Why a document does not fit."""

    reason = forms.CharField(
        label=_("What is wrong with it"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(forms.Form):
    """A reason in writing."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class MandateForm(forms.Form):
    """Whom an enterprise lets do what, for which project, from when to when."""

    enterprise = forms.TypedChoiceField(label=_("Enterprise"), coerce=int)
    agent = forms.TypedChoiceField(label=_("Zone agent"), coerce=int)
    project_name = forms.CharField(label=_("Project"), max_length=120)
    acts = forms.MultipleChoiceField(
        label=_("What the agent may do"), choices=ACTS, widget=forms.CheckboxSelectMultiple
    )
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"), help_text=_("Three years at most."))

    def __init__(
        self, *args: Any, enterprises: list[tuple[int, str]], agents: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].choices = enterprises  # type: ignore[attr-defined]
        self.fields["agent"].choices = agents  # type: ignore[attr-defined]
