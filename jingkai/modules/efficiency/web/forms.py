"""What figures are narrowed by and put together by, and the month of a report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.efficiency import rules
from jingkai.modules.efficiency.data import Dimension, Label, Measure, Scope
from jingkai.modules.efficiency.queries import Labels

BY = (
    (Dimension.ITEM.value, _("By item")),
    (Dimension.UNIT.value, _("By unit")),
    (Dimension.MONTH.value, _("By month")),
    (Dimension.PACKAGE.value, _("By service")),
    (Dimension.PERSON.value, _("By person")),
)
MEASURES = (
    (Measure.COUNT.value, _("Items handled")),
    (Measure.ACTUAL.value, _("Days used, median")),
    (Measure.COMPRESSION.value, _("Compression %")),
    (Measure.ON_TIME.value, _("In time %")),
    (Measure.ONE_VISIT.value, _("One visit %")),
    (Measure.RETURNED.value, _("Sent back")),
    (Measure.HELD.value, _("Days left out")),
)
DAY_UNITS = (
    ("", _("Every unit of days")),
    ("working", _("Working days")),
    ("natural", _("Natural days")),
    ("half_days", _("Half working days")),
    ("hours", _("Office hours")),
)
USUAL_MONTHS = 11
LONGEST = 30


def month_field(label: Any) -> forms.DateField:
    """A field for a month."""
    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    return forms.DateField(label=label, required=False, input_formats=["%Y-%m"], widget=widget)


class FigureForm(forms.Form):
    """The address of a page of figures, read; what makes no sense narrows nothing."""

    by = forms.ChoiceField(label=_("Rows"), required=False)
    across = forms.ChoiceField(label=_("Columns"), required=False)
    measure = forms.ChoiceField(label=_("In the cells"), required=False, choices=MEASURES)
    since = month_field(_("From month"))
    until = month_field(_("To month"))
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    item = forms.ChoiceField(label=_("Item"), required=False)
    package = forms.ChoiceField(label=_("Service"), required=False)
    person = forms.ChoiceField(label=_("Person"), required=False)
    days = forms.ChoiceField(label=_("Unit of days"), required=False, choices=DAY_UNITS)
    simulated = forms.ChoiceField(
        label=_("Simulated approvals"),
        required=False,
        choices=(("", _("With simulated")), ("0", _("Without simulated")), ("1", _("Simulated only"))),
    )

    def __init__(self, request: HttpRequest, *, names: Labels, actor: Actor, today: date) -> None:
        this = rules.first_of_month(today)
        super().__init__(_with_months(request.GET, this))
        people = rules.sees_people(actor)
        choices = [pair for pair in BY if people or pair[0] != Dimension.PERSON.value]
        self._choose("by", choices)
        self._choose("across", [("", _("no columns")), *choices])
        for name, words in (
            ("unit", _("Every unit")),
            ("item", _("Every item")),
            ("package", _("Every service")),
            ("person", _("Every person")),
        ):
            self._choose(name, [("", words), *_named(names.of(Dimension(name)))])
        if not people:
            del self.fields["person"]
        self.is_valid()
        given = self.cleaned_data
        self.row_key = Dimension(given.get("by") or Dimension.ITEM.value)
        self.column_key = Dimension(given["across"]) if given.get("across") else None
        self.cell_measure = Measure(given.get("measure") or Measure.COUNT.value)
        until = given.get("until") or this
        since = given.get("since") or rules.months_before(until, USUAL_MONTHS)
        self.scope = Scope(
            since=min(since, until),
            until=until,
            units=rules.units_seen(actor),
            unit=_number(given.get("unit")),
            item=given.get("item") or "",
            package=given.get("package") or "",
            person=_number(given.get("person")),
            day_unit=given.get("days") or "",
            simulated={"0": False, "1": True}.get(given.get("simulated") or ""),
        )

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def query(self, **changes: str) -> str:
        """This address with some values changed, from the first page; an empty value takes one away."""
        given = {name: value for name, value in self.data.items() if value and name != "after"}
        given |= {"since": f"{self.scope.since:%Y-%m}", "until": f"{self.scope.until:%Y-%m}"}
        return urlencode({name: value for name, value in {**given, **changes}.items() if value})

    @property
    def narrows(self) -> bool:
        """Whether anything but the months is chosen."""
        return any(self.data.get(name) for name in ("unit", "item", "package", "person", "days", "simulated"))


def _with_months(given: QueryDict, this: date) -> QueryDict:
    """What the address asks for, with the last twelve months where it names none."""
    asked = given.copy()
    asked["until"] = given.get("until") or f"{this:%Y-%m}"
    asked["since"] = given.get("since") or f"{rules.months_before(this, USUAL_MONTHS):%Y-%m}"
    return asked


def _named(names: Mapping[str, Label]) -> list[tuple[str, str]]:
    return [(key, _short(local(label, "name"))) for key, label in names.items()]


def _short(name: str) -> str:
    """A name that fits a phone."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


class ReportForm(forms.Form):
    """For which month a report is to be made."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={"invalid": _("Choose a month, such as 2026-10.")},
    )
