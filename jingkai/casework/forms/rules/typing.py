"""What was typed into a form's page, as it came: kept as a draft, given back, never interpreted."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict

PREFIX = "f-"
"""Every field of a form is sent under this prefix, so that it clashes with no other field of the page."""

OPINION = "opinion"


def typed(data: QueryDict) -> dict[str, list[str]]:
    """Give what was typed into the fields, as it was typed."""
    return {key: data.getlist(key) for key in data if key.startswith(PREFIX) or key == OPINION}


def with_line(data: QueryDict) -> dict[str, list[str]]:
    """Give what was typed, with one more line in the table whose button was pressed."""
    kept = typed(data)
    name = f"{PREFIX}{data['_more']}-rows" if "_more" in data else ""
    if name in kept:
        kept[name] = [str(number_of(kept[name][0]) + 1)]
    return kept


def opinion_of(raw: Mapping[str, list[str]] | None) -> str:
    """Give the opinion out of what was typed."""
    return ((raw or {}).get(OPINION) or [""])[0]


def number_of(text: str | None) -> int:
    """Read a small number out of a hidden field; anything else is zero."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0
