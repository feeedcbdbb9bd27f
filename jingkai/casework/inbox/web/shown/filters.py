"""The strip above a list: filters, saved views, export. It is the same for everybody who asks the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.queries import UnitLine, ViewLine
from jingkai.casework.inbox.web.forms import CaseFilter, DeskFilter
from jingkai.ui import parts

STRIP = "inbox/parts/filters.html"
EXPORTS = {ListPage.DESK: "inbox:desk_export", ListPage.CASES: "inbox:cases_export"}


def filter_strip(
    form: DeskFilter | CaseFilter, page: ListPage, *, views: Sequence[ViewLine], query: str
) -> SafeString:
    """Draw the strip; with words to search for it is drawn each time, for what a person typed is not kept."""
    values = {
        "page": page,
        "asked": tuple((name, form.data.get(name, "")) for name in form.fields),
        "units": tuple(form.units.values()) if isinstance(form, DeskFilter) else (),
        "views": views,
        "query": query,
    }
    draw = parts.drawn_anew if form.data.get("text") else parts.drawn
    return draw(STRIP, values, _shown)


def _shown(
    page: ListPage,
    asked: Sequence[tuple[str, str]],
    units: Sequence[UnitLine],
    views: Sequence[ViewLine],
    query: str,
) -> Mapping[str, Any]:
    form = DeskFilter(dict(asked), units=units) if page is ListPage.DESK else CaseFilter(dict(asked))
    return {"form": form, "page": page.value, "views": views, "query": query, "export_name": EXPORTS[page]}
