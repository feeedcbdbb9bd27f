"""What a cell of a list shows, by the type of its value.

Drawn cells are kept: the same lists are opened again and again. The key holds all that a cell shows, and with
`typed` whether a text is HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from jingkai.ui import data, words

MOST_KEPT = 8192
SHORT = 18
"""Characters of a line that is never broken."""


def cell(value: data.Cell) -> SafeString:
    """Draw one value by its type: light, link, lines, moment, date, number or text."""
    if value is None or (isinstance(value, str) and not value):
        return _NOTHING
    draw = _DRAWN.get(type(value))
    return draw(value) if draw else _drawn_otherwise(value)


_NOTHING = SafeString('<span class="muted">—</span>')


@lru_cache(maxsize=MOST_KEPT, typed=True)
def _linked(url: str, label: str, sub: str) -> SafeString:
    under = format_html('<span class="sub">{}</span>', sub) if sub else ""
    return format_html('<a href="{}">{}</a>{}', url, label, under)


@lru_cache(maxsize=MOST_KEPT, typed=True)
def _lines(under: int, *texts: str) -> SafeString:
    """Write texts under each other, the last ones (`under` many) smaller."""
    first = len(texts) - under
    beneath = format_html('<span class="sub">{}</span>', _broken(texts[first:])) if under else ""
    return format_html("{}{}", _broken(texts[:first]), beneath)


def _broken(texts: Sequence[str]) -> SafeString:
    lines = (("nowrap" if len(text) <= SHORT else "", text) for text in texts)
    return format_html_join(SafeString("<br>"), '<span class="{}">{}</span>', lines)


def _time(value: datetime) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words.moment(value))


@lru_cache(maxsize=MOST_KEPT)
def _day(value: date) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words.day(value))


@lru_cache(maxsize=MOST_KEPT, typed=True)
def light(tone: str, text: str) -> SafeString:
    """Draw a status light."""
    return format_html('<span class="light {}">{}</span>', tone, text)


_DRAWN: dict[type, Callable[[Any], SafeString]] = {
    str: conditional_escape,
    SafeString: lambda value: value,
    data.Light: lambda value: light(value.tone, value.text),
    data.Link: lambda value: _linked(value.url, value.label, value.sub),
    data.Lines: lambda value: _lines(len(value.under), *value.texts, *value.under),
    datetime: _time,
    date: _day,
    int: lambda value: SafeString(words.grouped(value)),  # nosec B703 - figures
    float: lambda value: SafeString(words.grouped(value)),  # nosec B703 - figures
    Decimal: lambda value: SafeString(words.grouped(value)),  # nosec B703 - figures
}


def _drawn_otherwise(value: Any) -> SafeString:
    """Draw what only derives from one of the types, such as a moment of another maker, or a lazy text."""
    kinds = (data.Light, data.Link, data.Lines, datetime, date)
    kind = next((kind for kind in kinds if isinstance(value, kind)), None)
    return _DRAWN[kind](value) if kind else conditional_escape(value)
