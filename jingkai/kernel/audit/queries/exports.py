"""The trail as a file: one JSON object or one CSV line an entry, streamed in any amount."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from jingkai.kernel.audit.data import Filter
from jingkai.kernel.audit.models import Checkpoint, TrailEntry
from jingkai.kernel.audit.queries import journal
from jingkai.kernel.audit.queries.entries import list_entries
from jingkai.kernel.audit.rules.signer import keys_folder

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


@transaction.atomic
def export_whole(target: Path) -> int:
    """Write the whole trail, its checkpoints and public keys into a new folder; gives the number of entries.

    The entries are of one snapshot; lines that sign later ones are left out, so that nothing seems cut off.
    """
    target.mkdir(parents=True)
    known = Checkpoint.objects.aggregate(last=Max("number"))["last"] or 0
    count = 0
    with (target / "entries.jsonl").open("w", encoding="utf-8") as file:
        for line in export_lines(Filter(), "jsonl"):
            file.write(line)
            count += 1
    for name, sources in {
        "checkpoints": journal.files(journal.folder()),
        "keys": sorted(keys_folder().glob("trail-*.pub")),
    }.items():
        (target / name).mkdir()
        for source in sources:
            shutil.copyfile(source, target / name / source.name)
    for path in sorted((target / "checkpoints").iterdir()):
        lines = [line for line in journal.lines(path) if journal.parse(line).number <= known]
        path.write_bytes(b"".join(line + b"\n" for line in lines))
    return count
