"""Lists as spreadsheets (XLSX): written row by row to a temporary file, bounded, and safe to open.

A text stays a text: one that begins with "=" is never taken for a formula by the program that opens it. The
library that writes them is loaded with the first sheet: a start after a crash shall not wait for it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[type, str] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", Decimal: "#,##0.00"}
MOST_ROWS = 10_000
"""Rows of one sheet; the sheet says so when there were more."""

MOST_LONG = 1_000_000
"""Rows of a sheet that a job writes; the format itself ends a little above."""

Value = str | int | float | Decimal | date | datetime | None
Head = Sequence[tuple[str, int]]
"""The labels of the columns with their widths in characters."""

_BAD_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_ILLEGAL = re.compile(r"[\000-\010]|[\013-\014]|[\016-\037]")
"""Characters that the format cannot hold."""


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook."""

    title: str
    head: Head
    rows: Iterable[Sequence[Value]]


def spreadsheet(*, title: str, head: Head, rows: Iterable[Sequence[Value]], on: date) -> FileResponse:
    """Answer with a workbook of one sheet, named after the list and the day."""
    return workbook(title=title, pages=[Page(title, head, rows)], on=on)


def workbook(*, title: str, pages: Iterable[Page], on: date) -> FileResponse:
    """Answer with a workbook, named after its title and the day."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for page in pages:
        _write(book.create_sheet(_BAD_IN_TITLES.sub(" ", page.title)[:31] or "-"), page)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title)}-{on:%Y%m%d}.xlsx"
    return response


def write_workbook(
    path: Path, *, title: str, head: Head, rows: Iterable[Sequence[Value]], most: int = MOST_LONG
) -> None:
    """Write a workbook of one sheet to a file, however long; memory does not grow with its rows."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_BAD_IN_TITLES.sub(" ", title)[:31] or "-")
    _write(sheet, Page(title, head, rows), most=most)
    book.save(path)


def _write(sheet: Any, page: Page, *, most: int = MOST_ROWS) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for number, (_label, width) in enumerate(page.head, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_head_cell(sheet, label) for label, _width in page.head])
    for number, row in enumerate(page.rows, start=1):
        if number > most:
            cut = _("The list was cut after %(rows)s lines. Narrow it by a filter to get the rest.")
            sheet.append([_cell(sheet, cut % {"rows": most})])
            return
        sheet.append([_cell(sheet, value) for value in row])


def _head_cell(sheet: Any, label: str) -> Any:
    from openpyxl.styles import Alignment, Font

    cell = _cell(sheet, label)
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell: Any = WriteOnlyCell(sheet, value=_plain(value))
    if isinstance(value, str):
        cell.data_type = "s"
    elif type(value) in FORMATS:
        cell.number_format = FORMATS[type(value)]
    return cell


def _plain(value: Value) -> Any:
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    return datetime.combine(value, time()) if isinstance(value, date) else value
