"""Pages of long lists that cost the same at any depth, for the pages and for the interface."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """One page of rows, and the place after it (empty at the end)."""

    rows: list[M]
    following: str


def page_of(
    rows: QuerySet[M], *, field: str = "created_at", ascending: bool = False, after: str = "", size: int = 50
) -> Slice[M]:
    """Cut one page out of a list sorted by a field, ties by number; a strange place begins anew."""
    place = _read(after)
    if place is not None:
        way = "gt" if ascending else "lt"
        rows = rows.filter(
            Q(**{f"{field}__{way}": place[0]}) | Q(**{field: place[0], f"pk__{way}": place[1]})
        )
    sign = "" if ascending else "-"
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: size + 1])
    following = ""
    if len(found) > size:
        found = found[:size]
        following = write_place(_value(found[-1], field), found[-1].pk)
    return Slice(found, following)


def _value(row: Any, field: str) -> Any:
    for part in field.split("__"):
        row = getattr(row, part)
    return row


def write_place(value: Any, number: int) -> str:
    """Write a place in a list so that it travels in an address."""
    kind = "t" if isinstance(value, datetime) else "i" if isinstance(value, int) else "s"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return base64.urlsafe_b64encode(f"{kind}|{number}|{text}".encode()).decode().rstrip("=")


_READERS: dict[str, Callable[[str], Any]] = {"t": datetime.fromisoformat, "i": int, "s": str}


def _read(text: str) -> tuple[Any, int] | None:
    if not text or len(text) > 500:
        return None
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        kind, number, value = plain.split("|", 2)
        key = int(number)
        read = _READERS[kind](value)
    except (ValueError, KeyError, binascii.Error, UnicodeDecodeError):
        return None
    if not 0 <= key <= LARGEST or "\x00" in value or (isinstance(read, datetime) and read.tzinfo is None):
        return None
    if isinstance(read, int) and not -LARGEST <= read <= LARGEST:
        return None
    return read, key
