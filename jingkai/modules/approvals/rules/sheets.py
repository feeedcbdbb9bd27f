"""The whole catalogue as a workbook and back: one row per item, further sheets for the lines of its lists.

The first row names the columns for people, the second for the product; a column may be left out, then the
item keeps what it says. Codes stand for choices; several are separated by commas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _

from jingkai.modules.approvals.data import ImportFault, ImportRow
from jingkai.modules.approvals.rules.fields import BY_NAME, FIELDS, ItemField
from jingkai.ui.sheets import Page

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 5_000
SHEETS = ("items", "materials", "steps", "faq")
WIDTHS = {"long": 40, "line": 24, "integer": 8, "choice": 14, "choices": 18, "list": 10}
Rows = Iterable[tuple[str, Mapping[str, Any]]]
"""Codes with contents."""


def plain_fields() -> list[ItemField]:
    """The fields that one row of the first sheet carries."""
    return [field for field in FIELDS if field.type != "list"]


def pages(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[Page]:
    """The sheets of the workbook, filled with these items; with none it is the template."""
    fields = plain_fields()
    head = [(_("Code"), 26), *((_label(f, key), WIDTHS[f.type]) for f in fields for key in f.keys)]
    keys = ["code", *(key for f in fields for key in f.keys)]
    yield Page(
        "items", head, [keys, *([code, *(_cell(told.get(key)) for key in keys[1:])] for code, told in rows)]
    )
    for name in SHEETS[1:]:
        parts = BY_NAME[name].parts
        part_keys = [key for part in parts for key in part.keys]
        head = [(_("Item"), 26), *((_label(p, key), 24) for p in parts for key in p.keys)]
        lines = [
            [code, *(_cell(line.get(key)) for key in part_keys)]
            for code, told in rows
            for line in told.get(name) or ()
        ]
        yield Page(name, head, [["item", *part_keys], *lines])


def _label(field: ItemField, key: str) -> str:
    return f"{field.label} (English)" if key != field.name else str(field.label)


def _cell(value: Any) -> Any:
    return ",".join(str(part) for part in value) if isinstance(value, list) else value


def read_workbook(content: bytes) -> tuple[list[ImportRow], list[ImportFault]]:
    """Read a workbook; whatever cannot be read is a fault with its sheet, row and column."""
    if len(content) > MOST_BYTES:
        return [], [ImportFault(0, "", _("The file is larger than 8 MB."))]
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError, TypeError):
        return [], [ImportFault(0, "", _("This is not a spreadsheet (.xlsx)."))]
    if SHEETS[0] not in book.sheetnames:
        return [], [ImportFault(0, "", _("The sheet “items” is missing. Begin with the template."))]
    faults: list[ImportFault] = []
    told: dict[str, ImportRow] = {}
    for number, cells in _read_sheet(book[SHEETS[0]], "items", _columns(FIELDS, "code"), faults):
        _take_item(number, cells, told, faults)
    for name in SHEETS[1:]:
        if name in book.sheetnames:
            _take_lines(book[name], name, told, faults)
    return list(told.values()), faults


def _columns(fields: Iterable[ItemField], first: str) -> dict[str, ItemField | None]:
    return {first: None, **{key: field for field in fields if field.type != "list" for key in field.keys}}


def _read_sheet(
    sheet: Any, name: str, columns: Mapping[str, ItemField | None], faults: list[ImportFault]
) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2)
    next(rows, None)
    keys = [str(key or "").strip() for key in next(rows, ())]
    for key in keys:
        if key and key not in columns:
            faults.append(ImportFault(2, key, _("There is no such column."), name))
    if not keys or keys[0] not in ("code", "item"):
        faults.append(
            ImportFault(2, "", _("The second row must name the columns, as in the template."), name)
        )
        return
    for number, values in enumerate(rows, start=3):
        if all(value in (None, "") for value in values):
            continue
        if number > MOST_ROWS + 1:
            faults.append(ImportFault(number, "", _("There are more than 5,000 rows."), name))
            return
        yield number, _read_row(number, name, keys, values, columns, faults)


def _read_row(
    number: int,
    sheet: str,
    keys: Sequence[str],
    values: Sequence[Any],
    columns: Mapping[str, ItemField | None],
    faults: list[ImportFault],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=False):
        if not key or key not in columns:
            continue
        try:
            found[key] = read_value(columns[key], value)
        except ValueError:
            faults.append(
                ImportFault(number, key, _("“%(value)s” is not a whole number.") % {"value": value}, sheet)
            )
    return found


def read_value(field: ItemField | None, value: Any) -> Any:
    """A cell as the content stores it. Errors: ValueError where a number is none."""
    text = "" if value is None else str(value).strip()
    match field.type if field else "line":
        case "integer":
            number = float(text) if text else None
            if number is not None and number != int(number):
                raise ValueError(text)
            return None if number is None else int(number)
        case "choices":
            return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
        case "choice":
            return text.removesuffix(".0")
    return text


def _take_item(
    number: int, cells: dict[str, Any], told: dict[str, ImportRow], faults: list[ImportFault]
) -> None:
    code = str(cells.pop("code", ""))
    if not code:
        faults.append(ImportFault(number, "code", _("The code is missing."), "items"))
    elif code in told:
        faults.append(ImportFault(number, "code", _("This code stands twice."), "items"))
    else:
        told[code] = ImportRow(number, code, cells)


def _take_lines(sheet: Any, name: str, told: dict[str, ImportRow], faults: list[ImportFault]) -> None:
    lists: dict[str, list[Any]] = {code: [] for code in told}
    for number, cells in _read_sheet(sheet, name, _columns(BY_NAME[name].parts, "item"), faults):
        code = str(cells.pop("item", ""))
        if code not in lists:
            reason = _("The first sheet has no item “%(code)s”.") % {"code": code}
            faults.append(ImportFault(number, "item", reason, name))
        else:
            lists[code].append(cells)
    for code, lines in lists.items():
        told[code].content[name] = lines
