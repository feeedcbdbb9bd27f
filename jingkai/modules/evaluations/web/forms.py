"""Forms of ratings: the rating itself, measures, return visit, appeal, re-check, publication, filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals.data import RatedItem
from jingkai.modules.evaluations.data import Dimension, Reason, Words
from jingkai.modules.evaluations.models import CHANNELS, ReturnVisit
from jingkai.modules.evaluations.queries import Wanted
from jingkai.ui.words import rating_levels

LONGEST = 4000


class RatingForm(forms.Form):
    """One of five levels, standard reasons that fit it, own words, and the choice to stay nameless."""

    item = forms.ChoiceField(
        label=_("Which item is it about?"),
        help_text=_("Its unit looks into it."),
        error_messages={"required": _("Choose the item that your rating is about.")},
    )
    level = forms.TypedChoiceField(
        coerce=int,
        error_messages={
            "required": _("Choose one of the five levels."),
            "invalid_choice": _("Choose one of the five levels."),
        },
    )
    reasons = forms.MultipleChoiceField(
        label=_("What was it about? (for the level that you chose)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    anonymous = forms.BooleanField(
        label=_("Do not show my name"),
        required=False,
        help_text=_("Neither the unit nor the public learns who you are or which matter it was."),
    )

    def __init__(
        self, *args: Any, reasons: list[Reason], items: Sequence[RatedItem] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if items:
            names = [(one.branch, local(one, "name")) for one in items]
            self.fields["item"].choices = [("", "—"), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["item"]
        self.fields["level"].choices = [(number, name) for number, name in rating_levels()]  # type: ignore[attr-defined]
        good = [one for one in reasons if max(one.levels, default=0) > 2]
        bad = [one for one in reasons if max(one.levels, default=0) <= 2]
        self.fields["reasons"].choices = [  # type: ignore[attr-defined]
            (str(title), [(one.code, local(one, "name")) for one in fitting])
            for title, fitting in ((_("For 3 to 5"), good), (_("For 1 and 2"), bad))
        ]

    def words(self) -> Words:
        """What was said, as the operation takes it."""
        given = self.cleaned_data
        return Words(
            level=given["level"],
            reasons=tuple(given["reasons"]),
            comment=given["comment"],
            anonymous=given["anonymous"],
            item=given.get("item", ""),
        )


class ComplaintForm(forms.Form):
    """What somebody complains about beyond the rating."""

    text = forms.CharField(
        label=_("What do you complain about?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A supervisor outside the rated unit looks into it and answers in writing."),
    )


class MeasuresForm(forms.Form):
    """What was found out and done about a bad rating."""

    measures = forms.CharField(
        label=_("What was found out, what was done"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class VisitForm(forms.Form):
    """What the rater said when asked again."""

    way = forms.ChoiceField(label=_("How"), choices=ReturnVisit.Way.choices)
    answer = forms.ChoiceField(
        label=_("Answer"), choices=ReturnVisit.Answer.choices, widget=forms.RadioSelect
    )
    new_level = forms.TypedChoiceField(label=_("Level now"), required=False, coerce=int, empty_value=None)
    words = forms.CharField(
        label=_("In the rater's words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_level"].choices = [("", _("not told")), *rating_levels()]  # type: ignore[attr-defined]


class ReplyForm(forms.Form):
    """The written answer to a complaint."""

    reply = forms.CharField(
        label=_("Answer in writing"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )


class AppealForm(forms.Form):
    """Why a rating is not about the unit's service."""

    reason = forms.CharField(
        label=_("Why should this rating not count?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RecheckForm(forms.Form):
    """Whether a rating counts, and why."""

    counts = forms.TypedChoiceField(
        label=_("Outcome"),
        choices=[("1", _("The rating counts")), ("0", _("The rating does not count"))],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))


class PublicationForm(forms.Form):
    """The wording in which a comment may stand on the public page."""

    text = forms.CharField(
        label=_("Wording for the public"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Take out names, numbers and whatever points to a person."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class VisitorForm(forms.Form):
    """A visit to the window that is to be rated there."""

    ticket = forms.CharField(
        label=_("Ticket"), max_length=40, help_text=_("Number on the ticket, such as A023.")
    )
    service = forms.CharField(label=_("What it was about"), max_length=120)


class PeriodForm(forms.Form):
    """From which month to which, and by what the figures are put together."""

    BY = (
        (Dimension.UNIT.value, _("By unit")),
        (Dimension.ITEM.value, _("By item")),
        (Dimension.MONTH.value, _("By month")),
    )
    by = forms.ChoiceField(label=_("Put together"), choices=BY, required=False)
    since = forms.DateField(
        label=_("From month"),
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )
    until = forms.DateField(
        label=_("To month"),
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )

    def __init__(self, request: HttpRequest, *, today: date) -> None:
        this = today.replace(day=1)
        last_year = this.replace(year=this.year - 1)
        asked = request.GET.copy()
        asked["until"] = asked.get("until") or f"{this:%Y-%m}"
        asked["since"] = asked.get("since") or f"{last_year:%Y-%m}"
        super().__init__(asked)
        self.is_valid()
        self.until_month: date = self.cleaned_data.get("until") or this
        self.since_month: date = self.cleaned_data.get("since") or last_year
        self.dimension = Dimension(self.cleaned_data.get("by") or Dimension.UNIT.value)
        self.query = urlencode({name: value for name, value in request.GET.items() if value})


class RegisterForm(forms.Form):
    """What the register is narrowed by."""

    STATES = (
        ("", _("Every state")),
        ("bad", _("Bad ratings")),
        ("handling", _("Being put right")),
        ("visiting", _("Return visit to come")),
        ("closed", _("Put right")),
        ("appealed", _("Appeal to be re-checked")),
        ("uncounted", _("Does not count")),
        ("complaint", _("With a complaint")),
        ("to_review", _("Comment to be reviewed")),
    )
    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    level = forms.TypedChoiceField(label=_("Level"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    channel = forms.ChoiceField(label=_("Rated"), required=False, choices=[("", _("Every way")), *CHANNELS])
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, request: HttpRequest, *, units: list[tuple[str, str]]) -> None:
        super().__init__(request.GET)
        self.fields["q"].widget.attrs["placeholder"] = _("Words, item or number")
        self.fields["level"].choices = [("", _("Every level")), *rating_levels()]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", _("Every unit")), *units]  # type: ignore[attr-defined]
        self.sort = "level" if request.GET.get("sort") == "level" else ""
        self.is_valid()

    def wanted(self) -> Wanted:
        """What to look for; a filter that makes no sense narrows nothing."""
        given = self.cleaned_data
        return Wanted(
            text=str(given.get("q") or "").replace("\0", "").strip(),
            level=given.get("level") or None,
            channel=given.get("channel") or "",
            state=given.get("state") or "",
            unit=given.get("unit") or "",
            since=given.get("since"),
            until=given.get("until"),
            sort=self.sort,
        )

    def query(self, **changes: str) -> str:
        """The address of this list with some values changed, from its first page."""
        given = {name: value for name, value in self.data.items() if value and name != "after"}
        return urlencode({name: value for name, value in {**given, **changes}.items() if value})
