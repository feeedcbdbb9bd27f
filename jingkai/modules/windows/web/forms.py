"""Forms of the windows' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.parties.api import is_mobile, plain_phone
from jingkai.modules.windows.models import Equipment, Line, Topic, Window
from jingkai.modules.windows.operations.counters import LineDraft, WindowDraft
from jingkai.modules.windows.rules import WEEKDAYS


def words_of(error: PersonFacingError) -> str:
    """Give an error and its advice as one text."""
    return f"{error.sentence} {error.advice}".strip()


def a_day() -> forms.DateInput:
    """Give a field in which a day is picked."""
    return forms.DateInput(attrs={"type": "date"})


class WindowForm(forms.Form):
    """A window as the hall's manager describes it."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999)
    kind = forms.ChoiceField(label=_("Kind"), choices=Window.Kinds.choices)
    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    place_en = forms.CharField(label=_("Place in English"), max_length=160, required=False)
    unit_id = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    lines = forms.TypedMultipleChoiceField(
        label=_("Lines served"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.select_related("party").order_by("order")
        lines = Line.objects.filter(active=True)
        choices: Any = self.fields["unit_id"]
        choices.choices = [("", "–"), *((unit.pk, local(unit.party, "name")) for unit in units)]
        served: Any = self.fields["lines"]
        served.choices = [(line.pk, f"{line.letter} {local(line, 'name')}") for line in lines]

    def draft(self) -> WindowDraft:
        """Give what was filled in."""
        return WindowDraft(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class LineForm(forms.Form):
    """A line of business."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    letter = forms.CharField(label=_("Letter"), max_length=1)
    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, initial=0)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    bookable = forms.BooleanField(label=_("Can be booked"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_letter(self) -> str:
        """Take one capital letter."""
        letter = str(self.cleaned_data["letter"]).upper()
        if not ("A" <= letter <= "Z"):
            raise ValidationError(gettext("One letter from A to Z."))
        return letter

    def draft(self) -> LineDraft:
        """Give what was filled in."""
        return LineDraft(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class TopicsForm(forms.Form):
    """What people come for in a line, one matter per line of text."""

    topics = forms.CharField(
        label=_("Matters, one per line: name | English name | everyday words | catalogue code"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("The code of a catalogue item or package may stand last; leave it out for free words."),
    )

    def rows(self) -> list[Topic]:
        """Give the lines as topics, without saving them."""
        found = []
        for text in str(self.cleaned_data["topics"]).splitlines():
            parts = [part.strip() for part in text.replace("｜", "|").split("|")] + ["", "", ""]
            if parts[0]:
                source = Topic.Source.PACKAGE if parts[3] else Topic.Source.WORDS
                found.append(
                    Topic(
                        name=parts[0][:120],
                        name_en=parts[1][:200],
                        keywords=parts[2][:300],
                        source=source,
                        source_code=parts[3][:80],
                    )
                )
        return found


class EquipmentForm(forms.Form):
    """The state of a device."""

    name = forms.CharField(label=_("Device"), max_length=60)
    state = forms.ChoiceField(label=_("State"), choices=Equipment.State.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class RuleForm(forms.Form):
    """A rule of the hall from a day on; its fields come from the kind."""

    key = forms.CharField(label=_("Applies to"), max_length=80)
    starts_on = forms.DateField(label=_("Applies from"), widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(label=_("Decided by"), max_length=200)

    def __init__(self, *args: Any, kind: Any, keys: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["key"] = forms.ChoiceField(label=_("Applies to"), choices=keys)
        for field in kind.fields:
            self.fields[f"v_{field.name}"] = self._field(field)

    def _field(self, field: Any) -> forms.Field:
        if field.type == "integer":
            return forms.IntegerField(label=field.label, min_value=field.minimum, max_value=field.maximum)
        if field.type == "choices":
            return forms.MultipleChoiceField(
                label=field.label, choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
            )
        return forms.CharField(label=field.label, max_length=5, required=field.required)

    def value(self) -> dict[str, Any]:
        """Give the rule's value."""
        return {field.name: self.cleaned_data[f"v_{field.name}"] for field in self.kind.fields}


class PhoneField(forms.CharField):
    """A mobile number of the mainland, however it is typed."""

    def clean(self, value: Any) -> str:
        """Give the digits, or say what a mobile number looks like."""
        phone = plain_phone(super().clean(value))
        if not is_mobile(phone):
            raise ValidationError(gettext("A mobile number has 11 digits and begins with 13 to 19."))
        return phone


class VisitorForm(forms.Form):
    """Who books, for whom."""

    name = forms.CharField(
        label=_("Full name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneField(
        label=_("Mobile phone"),
        max_length=20,
        help_text=_("A code is sent to it in the next step."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=30,
        required=False,
        help_text=_("Only if you come for an enterprise."),
    )
    consent = forms.BooleanField(
        label=_("I agree that the zone keeps my name and phone for this appointment."),
        error_messages={"required": _("Without this consent no appointment can be made.")},
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["phone"], self.fields["consent"]


class CodeForm(forms.Form):
    """The code from the text message."""

    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class FindForm(forms.Form):
    """An appointment's code and the end of its phone."""

    code = forms.CharField(label=_("Appointment code"), max_length=20)
    digits = forms.CharField(
        label=_("Last four digits of the phone"),
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class AbsenceForm(forms.Form):
    """Who is away, when, why."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    starts_on = forms.DateField(
        label=pgettext_lazy("day", "From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=pgettext_lazy("day", "To"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(label=_("Reason"), max_length=100)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("starts_on") and given.get("ends_on") and given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", gettext("The last day lies before the first."))
        return given


class SwapForm(forms.Form):
    """Two shifts to be swapped."""

    mine = forms.TypedChoiceField(label=_("My shift"), coerce=int)
    theirs = forms.TypedChoiceField(label=_("Shift of a colleague"), coerce=int)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(
        self, *args: Any, mine: list[tuple[int, str]], theirs: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mine"].choices = mine  # type: ignore[attr-defined]
        self.fields["theirs"].choices = theirs  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Which window goes to whom, and what to say."""

    window = forms.TypedChoiceField(label=_("Window"), coerce=int)
    taker = forms.TypedChoiceField(label=_("Taken over by"), coerce=int)
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self, *args: Any, windows: list[tuple[int, str]], people: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].choices = windows  # type: ignore[attr-defined]
        self.fields["taker"].choices = people  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    """A paper taken in at the counter."""

    name = forms.CharField(label=_("Material"), max_length=160)
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=999, initial=1)
    giver = forms.CharField(label=_("Handed in by"), max_length=100)
    ticket_number = forms.CharField(label=_("Ticket number"), max_length=8, required=False)
