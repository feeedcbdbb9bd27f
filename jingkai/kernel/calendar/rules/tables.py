"""What an imported holiday table looks like, and how one is read and written: XLSX or CSV, a line per day.

The columns are 日期, 上班 (是/否), 名称, 英文名称. Every line is read before anything is taken over, so
that a person sees all faults at once.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from jingkai.kernel.calendar.data import NamedDay, ReadTable, RowFault
from jingkai.kernel.calendar.rules.completeness import missing_months

HEAD = ("日期", "上班", "名称", "英文名称")
COLUMNS = (
    ("日期", "date", "day"),
    ("上班", "是否上班", "working", "work"),
    ("名称", "节日", "name"),
    ("英文名称", "name_en", "english"),
)
YES = {"是", "上班", "班", "yes", "y", "true", "1"}
NO = {"否", "休息", "放假", "休", "no", "n", "false", "0"}
MOST_BYTES = 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_ROWS = 400
NAME_LENGTH = 60
DATE = re.compile(r"(\d{4})\s*(?:年|[-/.])?\s*(\d{1,2})\s*(?:月|[-/.])?\s*(\d{1,2})\s*日?$")


class _Unreadable(Exception):
    """The file as a whole cannot be read; holds the sentence for the person."""


def read_table(name: str, content: bytes, *, year: int) -> ReadTable:
    """Read a holiday table of a year; faults name their line and say what to correct."""
    try:
        rows = _rows(name, content)
        head, lines = _head(rows)
    except _Unreadable as error:
        return ReadTable((), (RowFault(0, "", str(error)),))
    days: dict[date, NamedDay] = {}
    faults: list[RowFault] = []
    for number, cells in lines:
        values = [_text(cells[at]) if at is not None and at < len(cells) else "" for at in head]
        if not any(values):
            continue
        try:
            day = _day(values, year)
            if day.on in days:
                raise ValueError(_("The day stands in the table twice."))
            days[day.on] = day
        except ValueError as error:
            faults.append(RowFault(number, " | ".join(values), str(error)))
    if not faults and not any(not day.working for day in days.values()):
        faults.append(RowFault(0, "", _("The table names no day off; a holiday notice always does.")))
    elif not faults:
        faults += [RowFault(0, "", said) for said in missing_months(days, year)]
    return ReadTable(tuple(days[on] for on in sorted(days)), tuple(faults))


def write_csv(days: Iterable[NamedDay]) -> str:
    """Write days as the CSV that `read_table` takes back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(_cells(day) for day in days)
    return out.getvalue()


def write_xlsx(days: Iterable[NamedDay], *, year: int) -> bytes:
    """Write days as the workbook that `read_table` takes back."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = str(year)
    sheet.append(list(HEAD))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for day in days:
        sheet.append([day.on, *_cells(day)[1:]])
    for column, width in zip("ABCD", (14, 8, 22, 34), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(day: NamedDay) -> list[str]:
    return [day.on.isoformat(), "是" if day.working else "否", day.name, day.name_en]


Rows = Iterator[tuple[int, Sequence[Any]]]


def _rows(name: str, content: bytes) -> Rows:
    """Give the lines of a file with their numbers; what it is shows in its first bytes, not in its name."""
    if len(content) > MOST_BYTES:
        raise _Unreadable(_("The file is larger than 1 MB; a year's table is a few KB."))
    if content.startswith(b"PK\x03\x04"):
        return enumerate(islice(_xlsx_rows(content), MOST_ROWS + 1), start=1)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _Unreadable(_("This is an old workbook (.xls). Save it as .xlsx or .csv and try again."))
    if b"\x00" in content or not content.strip():
        raise _Unreadable(
            _("“%(name)s” is neither a workbook (.xlsx) nor a text table (.csv).") % {"name": name}
        )
    return enumerate(islice(csv.reader(io.StringIO(_decoded(content))), MOST_ROWS + 1), start=1)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _Unreadable(_("The text is neither UTF-8 nor GB 18030."))


def _xlsx_rows(content: bytes) -> Iterator[Sequence[Any]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise _Unreadable(_("The workbook unpacks to more than 20 MB and was not opened."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        yield from (book.active or book.worksheets[0]).iter_rows(values_only=True, max_col=12)
    except _Unreadable:
        raise
    except Exception as error:  # a damaged workbook fails in many ways
        raise _Unreadable(_("The workbook is damaged and cannot be opened.")) from error


def _head(rows: Rows) -> tuple[list[int | None], Rows]:
    """Find the columns by their names in the first line."""
    for _number, cells in rows:
        names = [_text(cell).lower() for cell in cells]
        found = [next((names.index(word) for word in words if word in names), None) for words in COLUMNS]
        if found[0] is None or found[1] is None:
            break
        return found, rows
    raise _Unreadable(_("The first line must name the columns: %(head)s.") % {"head": "、".join(HEAD)})


def _day(values: Sequence[str], year: int) -> NamedDay:
    text, working, name, name_en = values
    on = _date(text)
    if on.year != year:
        raise ValueError(_("The day does not lie in %(year)s.") % {"year": year})
    if working.lower() not in YES | NO:
        raise ValueError(_("“%(text)s” is neither 是 nor 否.") % {"text": working})
    if max(len(name), len(name_en)) > NAME_LENGTH:
        raise ValueError(_("The name is longer than %(most)s characters.") % {"most": NAME_LENGTH})
    return NamedDay(on, working.lower() in YES, name, name_en)


def _date(text: str) -> date:
    found = DATE.match(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> date:
    raise ValueError(_("“%(text)s” is not a day; write it as 2027-01-01.") % {"text": text})


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
