"""One list of licences: narrowed, sorted, cut into pages; shared by enterprises and officers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.parties.api import keyset_page
from jingkai.kernel.permissions.api import Request
from jingkai.modules.licences import queries, rules
from jingkai.modules.licences.data import EntryFilter
from jingkai.modules.licences.models import Entry
from jingkai.modules.licences.web import shown
from jingkai.modules.licences.web.forms import FilterForm, is_day
from jingkai.ui.data import Column, Pager
from jingkai.ui.sheets import MOST_ROWS, spreadsheet

PAGE = 30
NEVER = date(9999, 12, 31)
SORTS = {"added_at": True, "title": False, "last_day": False}
"""Fields by which the list is sorted, and whether the greatest comes first."""


class EntryList:
    """What a person asked of the list in its address, and what it shows."""

    def __init__(self, request: Request, rows: QuerySet[Entry], *, holders: bool) -> None:
        self.request, self.holders = request, holders
        self.today = timezone.localdate(request.at)
        self.form = FilterForm(request.GET, types=queries.list_types())
        self.form.is_valid()
        given = getattr(self.form, "cleaned_data", {})
        self.wanted = EntryFilter(
            text=(given.get("q") or "").strip(),
            type_code=given.get("type") or "",
            state=given.get("state") or "",
            origin=given.get("origin") or "",
        )
        asked = request.GET.get("sort", "")
        self.sort = asked if asked in SORTS else "added_at"
        self.rows = queries.narrowed(rows, self.wanted, on=self.today).annotate(
            last_day=Coalesce("valid_to", Value(NEVER, output_field=DateField()))
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self.wanted != EntryFilter()

    def query(self, **changes: str) -> str:
        """The address of this list with some values changed, from its first page."""
        kept = {name: self.request.GET.get(name, "") for name in ("q", "type", "state", "origin", "sort")}
        return urlencode({name: value for name, value in {**kept, **changes}.items() if value})

    def page(self, url: Callable[[Entry], str]) -> dict[str, Any]:
        """The page's table with its links to the pages before and after."""
        back = "before" in self.request.GET
        place = self.request.GET.get("before" if back else "after", "")
        if self.sort != "title" and not is_day(place):
            place = ""
        found = keyset_page(
            self.rows,
            fields=(self.sort, "pk"),
            place=place,
            back=back,
            size=PAGE,
            descending=SORTS[self.sort],
        )
        newer = "?" + self.query(before=found.before) if found.before else ""
        older = "?" + self.query(after=found.after) if found.after else ""
        table = shown.entry_table(
            found.rows, on=self.today, heads=self._heads(), url=url, holders=self.holders
        )
        return {"table": table, "pager": Pager(newer, older) if newer or older else None, "list": self}

    def _heads(self) -> dict[str, Column]:
        labels = {
            "title": (_("Name of the licence"), "title"),
            "last_day": (_("Valid until"), "date"),
            "added_at": (_("Put in"), "date"),
        }
        return {
            name: Column(label, kind, "?" + self.query(sort=name), self._sorted(name))  # type: ignore[arg-type]
            for name, (label, kind) in labels.items()
        }

    def _sorted(self, name: str) -> Any:
        if name != self.sort:
            return ""
        return "descending" if SORTS[name] else "ascending"

    def sheet(self) -> HttpResponseBase:
        """The list as a spreadsheet; that it was taken is written to the trail."""
        audit.record(
            ("licences.export", 0),
            action="licence.list_exported",
            by=self.request.actor,
            at=self.request.at,
            facts={"filter": audit.mark(self.query())},
        )
        sign = "-" if SORTS[self.sort] else ""
        rows = self.rows.order_by(f"{sign}{self.sort}", f"{sign}pk")[: MOST_ROWS + 1]
        lines = shown.sheet_lines(rows, on=self.today, holders=self.holders)
        head = shown.sheet_head(holders=self.holders)
        return spreadsheet(title=_("Licences and materials"), head=head, rows=lines, on=self.today)


def own_list(request: Request) -> EntryList:
    """What the libraries of the person's enterprises hold."""
    rows = queries.entries_of(request.actor)
    return EntryList(request, rows, holders=len(request.actor.enterprise_ids) > 1)


def staff_list(request: Request) -> EntryList:
    """What all libraries hold; for officers with the right."""
    assert rules.SEE in request.actor.permissions
    return EntryList(request, queries.all_entries(), holders=True)
