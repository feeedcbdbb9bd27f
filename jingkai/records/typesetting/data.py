"""What typesetting gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Format = Literal["pdf", "svg", "png"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the paper that a template named: page from 1, millimetres from the top left corner."""

    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Typeset:
    """A finished paper: its bytes, and the named places on it (the seal's middle is called `seal`)."""

    content: bytes
    spots: Mapping[str, Spot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of an official letter, for the template `typesetting/letter` and those built on its base.

    `blocks` are the body, in order, each made by `paragraph`, `heading`, `facts`, `table` or `listing`.
    `number`, the code for verification and the demonstration mark are filled in when it is issued.
    """

    agency: str
    title: str
    blocks: tuple[Mapping[str, Any], ...]
    addressee: str | None = None
    signatory: str | None = None
    date: str = ""
    attachments: tuple[str, ...] = ()
    note: str | None = None
    sealed: bool = True
    number: str = ""


def paragraph(text: str) -> Mapping[str, Any]:
    """One paragraph of the body."""
    return {"kind": "paragraph", "text": text}


def heading(text: str, level: int = 1) -> Mapping[str, Any]:
    """A title inside the body; the levels are 一、（一） 1. （1）, and the text brings its own number."""
    return {"kind": "heading", "text": text, "level": level}


def facts(*pairs: tuple[str, str]) -> Mapping[str, Any]:
    """A two-column table of names and values."""
    return {"kind": "facts", "rows": [list(pair) for pair in pairs]}


def table(head: list[str], rows: list[list[str]], widths: list[int] | None = None) -> Mapping[str, Any]:
    """A ruled table; `widths` are shares of the text's width, equal where not given."""
    return {"kind": "table", "head": head, "rows": rows, "widths": widths}


def listing(*items: str) -> Mapping[str, Any]:
    """A numbered list."""
    return {"kind": "list", "items": list(items)}
