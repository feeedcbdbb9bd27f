"""A rota read in from a spreadsheet: every wrong line told, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.windows.data import Half, RowError, monday_of
from jingkai.modules.windows.models import RotaWeek, Window
from jingkai.modules.windows.operations.rota import Cell, draft_week, save_plan
from jingkai.modules.windows.queries import rota as queries

MOST_LINES = 2000
MORNING_WORDS, AFTERNOON_WORDS = {"上午", "morning", "am"}, {"下午", "afternoon", "pm"}


class SheetUnreadable(PersonFacingError):
    """The file is no spreadsheet of the expected shape."""

    status = 422
    sentence = gettext_lazy("The file is not a spreadsheet (XLSX) with day, half, window and person.")
    advice = gettext_lazy("Take the template of this week, fill it in and send it again.")


class SheetWrong(PersonFacingError):
    """Some lines are wrong; nothing was read in. `errors` names each line."""

    status = 422
    sentence = gettext_lazy("%(many)s lines are wrong; nothing was read in.")
    advice = gettext_lazy("Correct the lines below and send the sheet again.")

    def __init__(self, errors: Sequence[RowError]) -> None:
        self.errors = errors
        super().__init__(many=len(errors))


@transaction.atomic
def read_in(*, file: Any, monday: date, by: Actor, at: datetime) -> RotaWeek:
    """Take a week's plan from a sheet with the columns day, half, window, person.

    Errors: SheetUnreadable, SheetWrong (with each wrong line), TwoPlaces.
    """
    monday = monday_of(monday)
    plan, errors = _parse(_lines(file), monday, on=monday)
    if errors:
        raise SheetWrong(errors)
    week = draft_week(monday)
    return save_plan(monday=monday, plan=plan, version=week.version, by=by, at=at)


def _lines(file: Any) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(file, read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(min_row=2, max_col=4, max_row=MOST_LINES + 2, values_only=True)
        return [tuple(row) for row in rows]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise SheetUnreadable from error


def _parse(
    lines: Iterable[tuple[Any, ...]], monday: date, *, on: date
) -> tuple[dict[Cell, int | None], list[RowError]]:
    days, plan, errors = set(queries.days_of_week(monday)), {}, []
    windows = {window.number: window for window in Window.objects.filter(active=True)}
    people: dict[str, list[int]] = {}
    for party in queries.people(on):
        people.setdefault(party.name, []).append(party.pk)
    for number, line in enumerate(lines, start=2):
        cells = [*line, None, None, None, None][:4]
        if all(cell in (None, "") for cell in cells):
            continue
        found = _read_line(cells, days, windows, people)
        if isinstance(found, str):
            errors.append(RowError(number, found))
        elif found[0] in plan:
            errors.append(RowError(number, _("This window and half day stand in the sheet twice.")))
        else:
            plan[found[0]] = found[1]
    return plan, errors


def _read_line(
    cells: Sequence[Any], days: set[date], windows: dict[int, Window], people: dict[str, list[int]]
) -> tuple[Cell, int | None] | str:
    day = _day(cells[0])
    if day not in days:
        return _("“%(typed)s” is no working day of this week.") % {"typed": cells[0]}
    half = _half(str(cells[1] or ""))
    if half is None:
        return _("“%(typed)s” is neither morning nor afternoon.") % {"typed": cells[1]}
    digits = "".join(sign for sign in str(cells[2] or "") if sign.isdecimal())
    window = windows.get(int(digits)) if digits and len(digits) < 4 else None
    if window is None:
        return _("There is no window “%(typed)s” in use.") % {"typed": cells[2]}
    name = str(cells[3] or "").strip()
    if not name:
        return (day, half, window.pk), None
    found = people.get(name, [])
    if len(found) != 1:
        return _("“%(typed)s” is nobody who serves at windows, or more than one.") % {"typed": name}
    return (day, half, window.pk), found[0]


def _day(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None


def _half(typed: str) -> str | None:
    word = typed.strip().lower()
    if word in MORNING_WORDS:
        return Half.MORNING.value
    return Half.AFTERNOON.value if word in AFTERNOON_WORDS else None
