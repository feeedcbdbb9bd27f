"""Lists as XLSX files: written row by row to a temporary file, bounded, and safe to open."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 10_000
"""Rows of one export; the file says so when there were more."""

Value = str | int | float | date | datetime | None
_BAD_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


def sheet_response(
    *, title: str, head: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]], name: str
) -> FileResponse:
    """Answer with a workbook of one sheet: `head` holds the columns with their widths in characters.

    Texts stay texts: one that begins with "=" is never taken for a formula. After `MOST_ROWS` rows a last
    line says that the list was cut.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_BAD_IN_TITLES.sub(" ", title)[:31])
    sheet.freeze_panes = "A2"
    for number, (_label, width) in enumerate(head, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_head_cell(sheet, label) for label, _width in head])
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            cut = _("The list was cut after %(rows)s lines. Narrow it by a filter to get the rest.")
            sheet.append([_cell(sheet, cut % {"rows": MOST_ROWS})])
            break
        sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response


def _head_cell(sheet: Any, label: str) -> Any:
    cell = _cell(sheet, label)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=timezone.localtime(value).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime(value.year, value.month, value.day))
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet, value=value)
    return cell
