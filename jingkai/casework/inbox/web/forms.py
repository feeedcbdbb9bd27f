"""Forms of the inbox: filters of the lists, reasons of the acts, saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jingkai.casework.cases.data import Added, CaseFilters, CaseSort, Light, TaskFilters, TaskSort
from jingkai.casework.cases.models import Case
from jingkai.casework.inbox.data import DeskTab, ListPage
from jingkai.casework.inbox.operations import case_kinds
from jingkai.casework.inbox.queries import UnitLine
from jingkai.kernel.hooks.api import local
from jingkai.ui.fields import SharedChoiceField

LIGHTS = (
    ("", _("All lights")),
    (Light.RED.value, _("Overdue")),
    (Light.YELLOW.value, _("Due soon")),
    (Light.GREEN.value, _("In order")),
    (Light.SUSPENDED.value, _("On hold")),
)
STATES = (("", _("All states")), *Case.State.choices)


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("All kinds")), *[(kind.code, kind.name) for kind in case_kinds.all()]]


class ListFilter(forms.Form):
    """What every list can be narrowed by. A value that does not fit narrows nothing, it is no error."""

    light = SharedChoiceField(choices=LIGHTS, required=False, label=_("Light"))
    kind = SharedChoiceField(choices=_kinds, required=False, label=pgettext_lazy("case", "Kind"))
    text = forms.CharField(
        required=False,
        max_length=100,
        label=_("Title, number, applicant"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title, number, applicant")}),
    )

    def value(self, name: str) -> str:
        """Give a filter's value, empty where nothing sensible was asked for."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    @property
    def shows_kind(self) -> bool:
        """Whether modules have named kinds to choose from."""
        return bool(case_kinds.all())

    @property
    def narrows(self) -> bool:
        """Whether anything is narrowed, so that an empty list says so."""
        return any(self.value(name) for name in self.fields if name != "sort" and name != "tab")


class DeskFilter(ListFilter):
    """The filters of the desk."""

    tab = SharedChoiceField(choices=[(tab.value, tab.value) for tab in DeskTab], required=False)
    sort = SharedChoiceField(choices=[(sort.value, sort.value) for sort in TaskSort], required=False)
    unit = SharedChoiceField(required=False, label=_("Unit"))

    def __init__(self, *args: Any, units: Sequence[UnitLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {line.uuid: line for line in units}
        names = [(line.uuid, local(line, "name")) for line in units]
        self.fields["unit"].choices = [("", _("All units")), *names]  # type: ignore[attr-defined]

    @property
    def shows_unit(self) -> bool:
        """Whether the person works for more than one unit, so that there is something to choose."""
        return len(self.units) > 1

    def as_filters(self) -> TaskFilters:
        """Give what was asked for."""
        unit = self.units.get(self.value("unit"))
        return TaskFilters(
            kind=self.value("kind"),
            light=self.value("light"),
            text=self.value("text"),
            pools=unit.pools if unit else (),
        )


class CaseFilter(ListFilter):
    """The filters of the list of cases; `unit` leads here from the cockpit."""

    state = SharedChoiceField(choices=STATES, required=False, label=_("State"))
    sort = SharedChoiceField(choices=[(sort.value, sort.value) for sort in CaseSort], required=False)
    unit = forms.UUIDField(required=False, widget=forms.HiddenInput)
    free = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)

    def as_filters(self) -> CaseFilters:
        """Give what was asked for."""
        return CaseFilters(
            kind=self.value("kind"),
            state=self.value("state"),
            light=self.value("light"),
            text=self.value("text"),
        )


class ReasonForm(forms.Form):
    """Why a task is given away."""

    reason = forms.CharField(
        label=pgettext_lazy("case", "Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The next one reads it; it stays in the trail."),
    )


class TransferForm(ReasonForm):
    """To whom a task is handed over, and why."""

    to = forms.TypedChoiceField(
        label=_("To whom"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague."), "invalid_choice": _("Choose a colleague.")},
    )
    field_order = ("to", "reason")

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = people  # type: ignore[attr-defined]


class PersonForm(ReasonForm):
    """Who is asked, out of everybody in office, and why."""

    to = forms.TypedChoiceField(
        label=_("To whom"),
        coerce=int,
        empty_value=None,
        error_messages={"required": _("Choose a person."), "invalid_choice": _("Choose a person.")},
    )
    field_order = ("to", "where", "reason")

    def __init__(self, *args: Any, people: list[tuple[str, list[tuple[int, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Choose a person")), *people]  # type: ignore[attr-defined]


class HandOverForm(PersonForm):
    """Who goes on with everything that somebody has in hand."""

    def __init__(self, *args: Any, people: list[tuple[str, list[tuple[int, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, people=people, **kwargs)
        self.fields["to"].required = False
        back = _("Nobody in person: each task goes back to its unit or post")
        self.fields["to"].choices = [("", back), *people]  # type: ignore[attr-defined]


class SignerForm(PersonForm):
    """Who signs as well, and when his turn comes."""

    where = forms.ChoiceField(
        label=_("When"),
        widget=forms.RadioSelect,
        initial=Added.BESIDE.value,
        choices=(
            (Added.BEFORE.value, _("Before me: the task comes back to me afterwards")),
            (Added.BESIDE.value, _("At the same time: the case waits for both")),
            (Added.AFTER.value, _("After me: his decision leads on")),
        ),
        error_messages={"required": _("Choose when."), "invalid_choice": _("Choose when.")},
    )


class CirculateForm(forms.Form):
    """Who is to read a case: whole units, single people, and a word to them."""

    units = forms.TypedMultipleChoiceField(
        label=_("Whole units"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.TypedMultipleChoiceField(
        label=_("People"), coerce=int, required=False, widget=forms.SelectMultiple(attrs={"size": 10})
    )
    note = forms.CharField(
        label=_("A word to the readers"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        units: list[tuple[int, str]],
        people: list[tuple[str, list[tuple[int, str]]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = units  # type: ignore[attr-defined]
        self.fields["people"].choices = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for somebody at all."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("units") and not data.get("people"):
            self.add_error("people", _("Choose who is to read it."))
        return data


class UrgeForm(forms.Form):
    """A word to whoever is asked to hurry."""

    text = forms.CharField(
        label=_("A word to the holder"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example by when you need it, and why."),
    )


class OpinionForm(forms.Form):
    """The opinion that somebody was asked for."""

    text = forms.CharField(
        label=_("Opinion"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write your opinion; the task then goes back to whoever asked for it.")
        },
    )


class BatchForm(forms.Form):
    """One end for many tasks."""

    outcome = forms.ChoiceField(
        label=_("Decision for all"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the decision."), "invalid_choice": _("Choose the decision.")},
    )
    text = forms.CharField(
        label=_("Opinion"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, outcomes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]


class SendBackForm(forms.Form):
    """To which earlier step a case goes back, and what has to be done there."""

    to = forms.ChoiceField(
        label=_("Back to"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the step."),
            "invalid_choice": _("The matter can't go back to this step. Choose one of those shown."),
        },
    )
    reason = forms.CharField(
        label=_("What has to be done again, and why"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what has to be done again; whoever gets it must know.")},
    )

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = steps  # type: ignore[attr-defined]


class CompleteForm(forms.Form):
    """The usual end of a step that has no form of its own."""

    outcome = forms.CharField(widget=forms.HiddenInput, max_length=40)
    text = forms.CharField(
        label=_("Opinion"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ViewForm(forms.Form):
    """A name for the filters that are set now."""

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=40,
        error_messages={"required": _("Give it a name, such as “Overdue fire reviews”.")},
    )
    is_default = forms.BooleanField(label=_("Open this list with it"), required=False)
    page = forms.ChoiceField(
        choices=[(page.value, page.value) for page in ListPage], widget=forms.HiddenInput
    )
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
