"""A list of any length as a spreadsheet: ordered, written by a job in one view of the data, counted twice.

Memory does not grow with the list: rows are read page by page and written into a compressed file as they
come. The number of rows is asked of the database first, in the same snapshot as the rows; a file in which
another number of them is found is no result.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import ExportSource
from jingkai.kernel.exchange.models import Export
from jingkai.kernel.hooks.api import may_lag, noting_age, reading_connection
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import Actor
from jingkai.ui.sheets import write_workbook

JOB = "exchange.write_list"
STEP = 2000
"""Rows between two notes of how far it is."""
KEPT = timedelta(days=7)
MOST_AT_ONCE = 3
ROW = re.compile(rb"<row[ >]")


class TooManyExports(PersonFacingError):
    """The person has lists on their way already."""

    sentence = _("Three of your lists are being written already.")
    advice = _("Wait until one of them is ready.")


class CountDiffers(Exception):
    """The file holds another number of rows than the database counted."""


@transaction.atomic
def order_export(*, source: str, query: str, language: str, by: Actor, at: datetime) -> Export:
    """Have a list written for a person; ordered again while it waits it is one. Error: TooManyExports."""
    if rules.export_sources.get(source) is None or by.party_id is None:
        raise LookupError(f"no list {source!r} is declared")
    open_ = Export.objects.filter(
        person_id=by.party_id, state__in=(Export.State.WAITING, Export.State.RUNNING)
    )
    same = open_.filter(source=source, query=query[:2000], language=language).first()
    if same is not None:
        return same
    if open_.count() >= MOST_AT_ONCE:
        raise TooManyExports
    row = Export.objects.create(
        person_id=by.party_id, source=source, query=query[:2000], language=language, created_at=at
    )
    events.enqueue(JOB, export_id=row.pk)
    facts = {"source": source, "query": hashlib.sha256(query.encode()).hexdigest()[:16]}
    audit.record(row, action="export.ordered", by=by, at=at, facts=facts)
    return row


def write_list(*, export_id: int, clock: Callable[[], datetime]) -> None:
    """Write a list that waits; one that was begun and not finished is begun anew."""
    row = (
        Export.objects.filter(pk=export_id).exclude(state__in=(Export.State.DONE, Export.State.GONE)).first()
    )
    source = rules.export_sources.get(row.source) if row else None
    if row is None or source is None:
        return
    path = path_of(row)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        actor = actor_for_person(row.person_id, timezone.localdate(clock()))
        with noting(row) as note, translation.override(row.language), noting_age() as age:
            total = _write(row, source, path, actor=actor, note=note, at=clock())
        found = count_rows(path)
        if found != total:
            raise CountDiffers(f"{found} rows in the file, {total} in the database")
    except Exception as error:
        path.unlink(missing_ok=True)
        Export.objects.filter(pk=row.pk).update(state=Export.State.FAILED, problem=str(error)[:300])
        raise
    done = {"state": Export.State.DONE, "written": total, "total": total, "problem": ""}
    Export.objects.filter(pk=row.pk).update(
        **done, size=path.stat().st_size, sha256=_digest(path), as_of=age.as_of, finished_at=clock()
    )


@may_lag
def _write(
    row: Export,
    source: ExportSource,
    path: Path,
    *,
    actor: Actor,
    note: Callable[[int, int], None],
    at: datetime,
) -> int:
    """Count and write in one snapshot of the database, or of its replica; gives the count."""
    with _snapshot():
        total = source.count(actor, row.query, at)
        note(0, total)
        rows = _noted(source.rows(actor, row.query, at), total, note)
        write_workbook(path, title=str(source.label), head=source.head(), rows=rows)
    return total


def _noted(
    rows: Iterator[Sequence[Any]], total: int, note: Callable[[int, int], None]
) -> Iterator[Sequence[Any]]:
    for number, values in enumerate(rows, start=1):
        yield values
        if number % STEP == 0:
            note(number, total)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the data for the length of a block; nothing can be written in it."""
    here = reading_connection()
    with transaction.atomic(using=here.alias):
        if not here.savepoint_ids:
            with here.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def noting(row: Export) -> Iterator[Callable[[int, int], None]]:
    """Note how far it is on a connection of its own: what is written beside a snapshot is seen at once."""
    own = connection.copy()

    def note(number: int, total: int) -> None:
        with own.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_export SET state = 'running', written = %s, total = %s WHERE id = %s",
                [number, total, row.pk],
            )

    try:
        yield note
    finally:
        own.close()


def count_rows(path: Path) -> int:
    """Count the rows that stand in a written spreadsheet, without the head; reads it piece by piece."""
    found, rest = 0, b""
    with zipfile.ZipFile(path) as book, book.open("xl/worksheets/sheet1.xml") as sheet:
        while piece := sheet.read(256 * 1024):
            text = rest + piece
            found += len(ROW.findall(text))
            rest = text[-4:] if not ROW.search(text[-5:]) else b""
    return found - 1


def path_of(row: Export) -> Path:
    """Where the file of a list lies."""
    return Path(settings.HOME) / "exports" / f"{row.uuid}.xlsx"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@transaction.atomic
def note_taken(*, export: Export, by: Actor, at: datetime) -> None:
    """Write down that the file was taken."""
    facts = {"rows": export.written, "sha256": export.sha256}
    audit.record(export, action="export.taken", by=by, at=at, facts=facts)


def forget_exports(*, at: datetime) -> int:
    """Remove the files that are older than a week; gives how many."""
    old = Export.objects.filter(created_at__lt=at - KEPT).exclude(state=Export.State.GONE)
    for row in old:
        path_of(row).unlink(missing_ok=True)
    return old.update(state=Export.State.GONE)
