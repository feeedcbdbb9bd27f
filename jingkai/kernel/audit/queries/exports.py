"""The trail as a file: one JSON object or one CSV line an entry, streamed in any amount."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from typing import Any

from jingkai.kernel.audit.data import Filter
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.queries.entries import list_entries

COLUMNS = (
    "id",
    "stream",
    "sequence",
    "at",
    "action",
    "result",
    "actor_id",
    "actor_kind",
    "actor_mark",
    "user_id",
    "for_id",
    "ip",
    "request_id",
    "agent",
    "facts",
    "previous_hash",
    "hash",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_plain(entry: TrailEntry) -> dict[str, Any]:
    """Give an entry with all that its fingerprint covers."""
    own = {name: getattr(entry, name) for name in COLUMNS if name not in {"stream", "at"}}
    stream = f"{entry.stream_kind}:{entry.stream_id}"
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {name: own.get(name) for name in COLUMNS} | {"stream": stream, "at": at}


def _jsonl(entries: Iterable[TrailEntry]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps(as_plain(entry), ensure_ascii=False) + "\n"


def _csv(entries: Iterable[TrailEntry]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_cell(value) for value in as_plain(entry).values()])
        yield _taken(buffer)
    yield _taken(buffer)


def _cell(value: Any) -> Any:
    """Write one cell; a text that a spreadsheet would run as a formula gets a quote before it."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


FORMATS: dict[str, Callable[[Iterable[TrailEntry]], Iterator[str]]] = {"jsonl": _jsonl, "csv": _csv}


def export_lines(wanted: Filter, form: str) -> Iterator[str]:
    """Write the entries that a filter lets through, oldest first, as the lines of a file."""
    rows = list_entries(wanted).order_by("at", "id")
    return FORMATS[form](rows.iterator(chunk_size=2000))
