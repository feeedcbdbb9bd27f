"""Lists as spreadsheets (XLSX): written row by row to a temporary file, and safe to open.

A text stays a text: one that begins with "=" is never taken for a formula by the program that opens it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote

from django.http import FileResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[type, str] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd"}

Value = str | int | float | date | datetime | None
Head = Sequence[tuple[str, int]]
"""The labels of the columns with their widths in characters."""


def spreadsheet(*, title: str, head: Head, rows: Iterable[Sequence[Value]], on: date) -> FileResponse:
    """Answer with a workbook of one sheet, named after the list and the day."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, (_label, width) in enumerate(head, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, label, bold=True) for label, _width in head])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title)}-{on:%Y%m%d}.xlsx"
    return response


def _cell(sheet: Any, value: Value, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=_plain(value))
    if isinstance(value, str):
        cell.data_type = "s"
    elif type(value) in FORMATS:
        cell.number_format = FORMATS[type(value)]
    if bold:
        cell.font = Font(bold=True)
    return cell


def _plain(value: Value) -> str | float | datetime | None:
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value)
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    return datetime.combine(value, time()) if isinstance(value, date) else value
