"""Addresses of a list: the same filters with another page, order or tab."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.casework.cases.data import Cursor
from jingkai.ui.data import Column, Pager

MOST_BACK = 40
"""Pages back that an address remembers; beyond them "newer" leads to the first page."""

PLACES = ("after", "back")
ROWS = (50, 100)
"""How many rows a page may have; the first unless the reader chose another."""


def query_of(request: HttpRequest, **changes: str) -> str:
    """Give the query of this list with some values changed, always from its first page."""
    given = {name: value for name, value in request.GET.items() if value and name not in PLACES}
    given.update(changes)
    return urlencode({name: value for name, value in given.items() if value})


def cursor_of(request: HttpRequest) -> Cursor | None:
    """Give the place at which the page begins; a damaged one is the beginning."""
    return Cursor.parse(request.GET.get("after", ""))


def rows_of(request: HttpRequest) -> int:
    """Give how many rows the reader wants on a page."""
    return next((number for number in ROWS if request.GET.get("rows") == str(number)), ROWS[0])


def rows_choice(request: HttpRequest) -> SafeString:
    """Draw the choice of rows a page; the list then begins anew."""
    chosen = rows_of(request)
    links = (("?" + query_of(request, rows=str(number)), number == chosen, number) for number in ROWS)
    drawn = [
        format_html("<strong>{}</strong>", number)
        if is_chosen
        else format_html('<a href="{}">{}</a>', url, number)
        for url, is_chosen, number in links
    ]
    return format_html("{} {}", _("Rows a page:"), format_html_join(" · ", "{}", ((one,) for one in drawn)))


def pager_of(request: HttpRequest, next_one: Cursor | None, text: str = "") -> Pager | None:
    """Give the links to the page before and after. The address remembers the way back, page by page."""
    here = request.GET.get("after", "") if cursor_of(request) else ""
    back = [place for place in request.GET.get("back", "").split(".") if Cursor.parse(place)]
    if not here and next_one is None:
        return None
    query = query_of(request)
    newer = older = ""
    if here:
        newer = _address(query, after=back[-1] if back else "", back=".".join(back[:-1]))
    if next_one is not None:
        way = [*back, here] if here else back
        older = _address(query, after=str(next_one), back=".".join(way[-MOST_BACK:]))
    return Pager(newer_url=newer, older_url=older, text=text)


def _address(query: str, **places: str) -> str:
    more = urlencode({name: value for name, value in places.items() if value})
    return "?" + "&".join(part for part in (query, more) if part)


def sort_heads(
    request: HttpRequest, *, chosen: str, ascending: tuple[str, ...], opened: str = ""
) -> dict[str, Column]:
    """Give the heads "opened" and "due" with links that sort by them; `ascending` names those that grow."""
    heads = {}
    for name, label in (("opened", opened or _("Opened")), ("due", pgettext("case", "Due"))):
        way = "ascending" if name in ascending else "descending"
        url = "?" + query_of(request, sort=name)
        heads[name] = Column(label, "date", url, way if chosen == name else "")  # type: ignore[arg-type]
    return heads
