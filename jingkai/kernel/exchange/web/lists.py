"""What every list of the door shares: filters and order from the address, pages, a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.exchange.operations.exporting import record_export
from jingkai.kernel.exchange.queries.paging import Slice
from jingkai.kernel.permissions.api import Request
from jingkai.ui.data import Column, Pager, Row, Table
from jingkai.ui.sheets import MOST_ROWS, Value, spreadsheet


class ListForm(forms.Form):
    """The filter over a list; what does not fit a field narrows nothing."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))

    sorts: tuple[str, ...] = ("-created_at",)
    """The orders on offer, the usual one first."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.GET)
        asked = request.GET.get("sort", "")
        self.sort = asked if asked in self.sorts else self.sorts[0]
        self.after = request.GET.get("after", "")[:500]
        self.offer()
        self.is_valid()

    def offer(self) -> None:
        """Fill in the choices; a list with choices says which."""

    def choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        """Offer these choices and “all”."""
        self.fields[name].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]

    @property
    def field(self) -> str:
        """The field that the list is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def ascending(self) -> bool:
        """Whether small things come first."""
        return not self.sort.startswith("-")

    def value(self, name: str) -> str:
        """A filter as text, cut and without null characters; empty where it is not chosen."""
        return str(self.cleaned_data.get(name) or "").replace("\x00", "")[:100]

    def moment(self, name: str, days: int = 0) -> datetime | None:
        """A filter as the midnight at which its day begins."""
        found = self.cleaned_data.get(name)
        if not isinstance(found, date) or not 1900 < found.year < 9000:
            return None
        return timezone.make_aware(datetime.combine(found + timedelta(days=days), time.min))

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any(self.value(name) for name in self.fields)

    def query(self, **changes: str) -> str:
        """The address of this list with some values changed, from its first page."""
        given = {name: value for name, value in self.data.items() if value and name != "after"}
        return urlencode({name: value for name, value in {**given, **changes}.items() if value})

    def pager(self, page: Slice[Any]) -> Pager | None:
        """Links to the first page and to the next."""
        first = "?" + self.query() if self.after else ""
        older = "?" + self.query(after=page.following) if page.following else ""
        return Pager(newer_url=first, older_url=older) if first or older else None

    def head(self, label: str, field: str, kind: Any = "text") -> Column:
        """A column whose head sorts the list."""
        up, down = field, f"-{field}"
        offered = [one for one in (down, up) if one in self.sorts]
        if not offered:
            return Column(label, kind)
        turned = next((one for one in offered if one != self.sort), "")
        state: Any = ""
        if self.field == field:
            state = "ascending" if self.ascending else "descending"
        return Column(label, kind, sort_url="?" + self.query(sort=turned or offered[0]), sorted=state)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of the spreadsheet of a list."""

    label: str
    width: int
    value: Callable[[Any], Value]


def sheet(
    request: Request, *, page: str, title: str, form: ListForm, rows: Any, columns: Sequence[SheetColumn]
) -> HttpResponseBase:
    """Give a list, as it is narrowed and sorted, as a spreadsheet, and write down who took it."""
    record_export(page=page, query=form.query(), by=request.actor, at=request.at)
    ordered = rows.order_by(form.sort, "-pk")[: MOST_ROWS + 1]
    lines = ([column.value(row) for column in columns] for row in ordered)
    head = [(column.label, column.width) for column in columns]
    return spreadsheet(title=title, head=head, rows=lines, on=timezone.localdate(request.at))


def table(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Table:
    """A list as the design system draws it."""
    return Table(caption, columns, list(rows))
