"""Lists of fees: narrowed by the address, sorted, cut into pages, taken as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.parties.api import keyset_page
from jingkai.kernel.permissions.api import Request
from jingkai.ui.data import Column, Pager
from jingkai.ui.sheets import MOST_ROWS, spreadsheet

PAGE = 30


@dataclass(frozen=True, slots=True)
class Sorting:
    """A field by which a list is sorted: the head of its column and whether the greatest comes first."""

    label: str
    kind: str
    descending: bool = False


class FeeList:
    """What a person asked of a list in its address."""

    def __init__(
        self, request: Request, *, sorts: Mapping[str, Sorting], states: Iterable[tuple[Any, Any]]
    ) -> None:
        self.request = request
        self.today = timezone.localdate(request.at)
        self.text = request.GET.get("q", "").strip()[:80]
        self.states = [(str(value), label) for value, label in states]
        asked = request.GET.get("state", "")
        self.state = asked if asked in dict(self.states) else ""
        self.sorts = sorts
        wanted = request.GET.get("sort", "")
        self.sort = wanted if wanted in sorts else next(iter(sorts))

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.state)

    def query(self, **changes: str) -> str:
        """The address of this list with some values changed, from its first page."""
        sort = "" if self.sort == next(iter(self.sorts)) else self.sort
        kept = {"q": self.text, "state": self.state, "sort": sort, **changes}
        return urlencode({name: value for name, value in kept.items() if value})

    def heads(self) -> dict[str, Column]:
        """The heads of the columns by which the list can be sorted."""
        return {
            name: Column(one.label, one.kind, "?" + self.query(sort=name), self._sorted(name))  # type: ignore[arg-type]
            for name, one in self.sorts.items()
        }

    def _sorted(self, name: str) -> Any:
        if name != self.sort:
            return ""
        return "descending" if self.sorts[name].descending else "ascending"

    def page(self, rows: QuerySet[Any]) -> tuple[Sequence[Any], Pager | None]:
        """One page of the list, with the links to those before and after."""
        back = "before" in self.request.GET
        place = self.request.GET.get("before" if back else "after", "")
        found = keyset_page(
            rows,
            fields=(self.sort, "pk"),
            place=place if _fits(place) else "",
            back=back,
            size=PAGE,
            descending=self.sorts[self.sort].descending,
        )
        newer = "?" + self.query(before=found.before) if found.before else ""
        older = "?" + self.query(after=found.after) if found.after else ""
        return found.rows, Pager(newer, older) if newer or older else None

    def sheet(
        self,
        rows: QuerySet[Any],
        *,
        title: str,
        head: Sequence[tuple[str, int]],
        lines: Callable[[Iterable[Any]], Iterable[Sequence[Any]]],
    ) -> HttpResponseBase:
        """The list as a spreadsheet; that it was taken is written to the trail."""
        by, at = self.request.actor, self.request.at
        facts = {"list": title, "filter": mark(self.query())}
        record(("fees.export", 0), action="fees.exported", by=by, at=at, facts=facts)
        sign = "-" if self.sorts[self.sort].descending else ""
        ordered = rows.order_by(f"{sign}{self.sort}", f"{sign}pk")[: MOST_ROWS + 1]
        return spreadsheet(title=title, head=head, rows=lines(ordered), on=self.today)


def _fits(place: str) -> bool:
    """Whether a place is a day, a moment or an amount, as the list's own links write it."""
    text = place.rpartition(",")[0]
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return text.replace(".", "", 1).isdigit()
    return True
