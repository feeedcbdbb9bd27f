"""A list of any length as a spreadsheet: ordered, written by a job in one view of the data, counted twice.

Memory does not grow with the list: rows are read page by page and written into a compressed file as they
come. The number of rows is asked of the database first, in the same snapshot as the rows; a file in which
another number of them is found is no result. Where machines share a shelf (`kernel.hooks`), the file lies
there before anybody is told that it is ready, and is proved by its digest before it is given away.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import ExportSource
from jingkai.kernel.exchange.models import Export
from jingkai.kernel.hooks.api import may_lag, noting_age, one_view, shelf
from jingkai.kernel.hooks.data import PersonFacingError, ShelfAway
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import Actor
from jingkai.ui.sheets import write_workbook

JOB = "exchange.write_list"
STEP = 2000
"""Rows between two notes of how far it is."""
KEPT = timedelta(days=7)
MOST_AT_ONCE = 3
ROW = re.compile(rb"<row[ >]")
logger = logging.getLogger(__name__)


class TooManyExports(PersonFacingError):
    """The person has lists on their way already."""

    sentence = _("Three of your lists are being written already.")
    advice = _("Wait until one of them is ready.")


class ListAltered(PersonFacingError):
    """The file that came back from the shelf is not the one that was written."""

    status = 503
    sentence = _("This list did not come back as it was written, so it is not given out.")
    advice = _("Order it again, and tell the zone's system administrator.")


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
    _sweep(path.parent, at=clock())
    try:
        actor = actor_for_person(row.person_id, timezone.localdate(clock()))
        with noting(row) as note, translation.override(row.language), noting_age() as age:
            total = _write(row, source, path, actor=actor, note=note, at=clock())
        found = count_rows(path)
        if found != total:
            raise CountDiffers(f"{found} rows in the file, {total} in the database")
        size, digest = path.stat().st_size, _digest(path)
        _lay_on_shelf(row, path)
    except Exception as error:
        path.unlink(missing_ok=True)
        Export.objects.filter(pk=row.pk).update(state=Export.State.FAILED, problem=str(error)[:300])
        raise
    done = {"state": Export.State.DONE, "written": total, "total": total, "problem": ""}
    Export.objects.filter(pk=row.pk).update(
        **done, size=size, sha256=digest, as_of=age.as_of, finished_at=clock()
    )


def _lay_on_shelf(row: Export, path: Path) -> None:
    """Put the file where every machine finds it, if there is such a place; it is no longer needed here."""
    if (shared := shelf()) is not None:
        shared.put(name_of(row), path)
        path.unlink()


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
    with one_view():
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
    """Where the file of a list lies on this machine, while it is written and where no shelf is shared."""
    return _folder() / f"{row.uuid}.xlsx"


def name_of(row: Export) -> str:
    """Under which name the file of a list lies on the shelf."""
    return f"exports/{row.uuid}.xlsx"


def _folder() -> Path:
    return Path(settings.HOME) / "exports"


def open_list(row: Export) -> BinaryIO | None:
    """Open the file of a list that is ready: from this machine, or brought from the shelf and proved.

    None where it lies nowhere. Errors: ListAltered, ShelfAway.
    """
    with suppress(FileNotFoundError):
        return path_of(row).open("rb")
    shared = shelf()
    if shared is None:
        return None
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as opened, suppress(FileNotFoundError):
        file = opened.enter_context(tempfile.TemporaryFile(dir=_folder()))
        if shared.bring(name_of(row), file) != row.sha256:
            logger.error("the list %s came back from the shelf altered", row.uuid)
            raise ListAltered
        file.seek(0)
        opened.pop_all()
        return file
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@transaction.atomic
def note_taken(*, export: Export, by: Actor, at: datetime) -> None:
    """Write down that the file was taken."""
    facts = {"rows": export.written, "sha256": export.sha256}
    audit.record(export, action="export.taken", by=by, at=at, facts=facts)


def forget_exports(*, at: datetime) -> int:
    """Remove the files that are older than a week, wherever they lie; gives how many.

    While the shelf gives no answer nothing there counts as removed: the next night asks again.
    """
    _sweep(_folder(), at=at)
    gone = 0
    for row in Export.objects.filter(created_at__lt=at - KEPT).exclude(state=Export.State.GONE):
        path_of(row).unlink(missing_ok=True)
        if (shared := shelf()) is not None:
            try:
                shared.remove(name_of(row))
            except ShelfAway:
                logger.exception("Lists older than a week could not be removed from the shelf")
                break
        gone += Export.objects.filter(pk=row.pk).update(state=Export.State.GONE)
    return gone


def _sweep(folder: Path, *, at: datetime) -> None:
    """Remove what a machine still holds of lists older than a week, whichever machine forgot their rows."""
    for path in folder.glob("*.xlsx"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (at - KEPT).timestamp():
                path.unlink()
