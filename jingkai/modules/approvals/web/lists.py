"""What a person asks of a list in its address: filters, an order, a page; and the way to a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.queries import ItemFilter, Place, units_with_items
from jingkai.modules.approvals.rules import ITEM_STATES, fields
from jingkai.modules.approvals.web.forms import typed_number, typed_text
from jingkai.ui.data import Pager

MOST_ROWS = 10_000
"""Rows of one spreadsheet."""

POWER_STATES = (
    ("", _("Every state")),
    ("in_force", _("In force")),
    ("suspended", _("Power suspended")),
    ("not_in_force", _("Not in force")),
)


class ListFilter(forms.Form):
    """The search field that every list has; what does not fit a field narrows nothing."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))

    hint = _("Search")

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        self.fields["q"].widget.attrs["placeholder"] = self.hint
        self.text = typed_text(request.GET, "q", most=80)
        self.sort = typed_text(request.GET, "sort", most=20)
        self.after = typed_number(request.GET, "after")
        self.is_valid()

    def value(self, name: str) -> str:
        """A filter as text; empty where it is not chosen or makes no sense."""
        return str(self.cleaned_data.get(name) or "")

    def day(self, name: str) -> date | None:
        """A filter as a day."""
        found = self.cleaned_data.get(name)
        return found if isinstance(found, date) else None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text) or any(self.value(name) for name in self.fields if name != "q")

    def query(self, **changes: str) -> str:
        """The address of this list with some values changed, from its first page."""
        given = {name: value for name, value in self.data.items() if value and name != "after"}
        return urlencode({name: value for name, value in {**given, **changes}.items() if value})

    def pager(self, place: Place) -> Pager | None:
        """Links to the page before and to the next."""
        older = "?" + self.query(after=str(place.following)) if place.following else ""
        newer = ""
        if place.is_later:
            newer = "?" + self.query(after=str(place.former) if place.former else "")
        return Pager(newer, older) if newer or older else None


class MatterFilter(ListFilter):
    """The enterprise's own matters."""

    hint = _("Project, receipt number or service")
    state = forms.ChoiceField(label=_("State"), required=False)

    STATES = (
        ("", _("Every state")),
        (Application.State.DRAFT, _("Draft, not submitted")),
        (Application.State.SUBMITTED, _("With the window")),
        (Application.State.CORRECTING, _("Waiting for your corrections")),
        (Application.State.ACCEPTED, _("Under review")),
        (Application.State.DECIDED, _("Finished")),
        (Application.State.REFUSED, _("Not accepted")),
        (Application.State.WITHDRAWN, _("Withdrawn")),
        (Application.State.HANDED, _("Handed to the organ")),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.fields["state"].choices = self.STATES  # type: ignore[attr-defined]
        self.full_clean()


class PowerFilter(ListFilter):
    """The register of powers."""

    hint = _("Item, organ or instrument")
    state = forms.ChoiceField(label=_("State"), required=False, choices=POWER_STATES)


class CatalogueFilter(ListFilter):
    """The public catalogue: everyday words, line, audience, unit, type."""

    hint = _("In your own words: build a plant, start construction…")
    line = forms.ChoiceField(
        label=_("Line of services"), required=False, choices=[("", _("Every line")), *fields.LINES]
    )
    audience = forms.ChoiceField(
        label=_("Audience"), required=False, choices=[("", _("Everybody")), *fields.AUDIENCES]
    )
    kind = forms.ChoiceField(label=_("Type"), required=False, choices=[("", _("Every type")), *fields.KINDS])
    unit = forms.ChoiceField(label=_("Implementing unit"), required=False)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        units = [(unit.code, local(unit.party, "name")) for unit in units_with_items()]
        self.fields["unit"].choices = [("", _("Every unit")), *units]  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def narrows_beyond_words(self) -> bool:
        """Whether a filter other than the words is chosen; packages know none of these."""
        return any(self.value(name) for name in ("line", "audience", "kind", "unit"))

    def wanted(self) -> ItemFilter:
        """What was asked for."""
        return ItemFilter(
            words=self.text,
            line=self.value("line"),
            audience=self.value("audience"),
            kind=self.value("kind"),
            unit=self.value("unit"),
        )


class ItemListFilter(CatalogueFilter):
    """The officers' list of items: also by state and by confirmation."""

    hint = _("Name or code")
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *ITEM_STATES.items()]
    )
    confirmed = forms.ChoiceField(
        label=_("Check against local law"),
        required=False,
        choices=[("", _("Verified or not")), ("yes", _("verified")), ("no", _("To be verified"))],
    )

    def wanted(self) -> ItemFilter:
        """What was asked for."""
        return replace(super().wanted(), state=self.value("state"), confirmed=self.value("confirmed"))
