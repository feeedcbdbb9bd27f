"""`jingkai workdays`: print a due date. Exit code 0: printed; 1: a year is missing; 2: wrong usage."""

from __future__ import annotations

import gettext
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click

from jingkai.kernel.calendar.data import DaySpan
from jingkai.kernel.calendar.rules import Calendar, CalendarYearMissing, get_packaged_calendar
from jingkai.kernel.calendar.rules.arithmetic import MISSING, MISSING_ADVICE

CONNECT_SECONDS = 3
"""How long a database that does not answer is waited for before the packaged calendar is used."""


class DayType(click.ParamType[date]):
    """A day written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day."""
        text = str(value)
        try:
            return datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{text!r} is not a day written YYYY-MM-DD", param, ctx)


class SpanType(click.ParamType[DaySpan]):
    """Days written A..B, both included; a single day stands for itself."""

    name = "A..B"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> DaySpan:
        """Read a span of days."""
        first, dots, last = str(value).partition("..")
        day = DayType()
        begin = day.convert(first, param, ctx)
        end = day.convert(last, param, ctx) if dots else begin
        if end < begin:
            self.fail(f"{value!r} ends before it begins", param, ctx)
        return DaySpan(begin, end)


@dataclass(frozen=True, slots=True)
class Found:
    """A due date, and the calendar that it comes from."""

    due: date
    calendar: Calendar


@click.command()
@click.argument("start", type=DayType())
@click.argument("days", metavar="N", type=click.IntRange(min=0, max=10000))
@click.option(
    "--exclude", "excluded", type=SpanType(), multiple=True, help="Days that do not count; repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def workdays(
    ctx: click.Context, start: date, days: int, excluded: tuple[DaySpan, ...], *, as_json: bool
) -> None:
    """Print the day on which a limit of N working days ends, counted from the day after START.

    Uses the installation's calendar when its database answers and has the years, else the packaged one, and
    says which. It never starts a database.
    """
    try:
        found = _find(start, days, excluded)
    except CalendarYearMissing as error:
        click.echo(_in_words(error.year, getattr(ctx.find_root().obj, "language", "en")), err=True)
        sys.exit(1)
    except OverflowError:
        raise click.UsageError("the day lies outside the years 1 to 9999") from None
    _print(found, start, days, excluded, as_json=as_json)


def _in_words(year: int, language: str) -> str:
    """Say which year is missing and what to do, in the language of the terminal."""
    words: gettext.NullTranslations = gettext.NullTranslations()
    if language.startswith("zh"):
        folder = Path(__file__).parent / "locale"
        words = gettext.translation("django", folder, languages=["zh_Hans"], fallback=True)
    say = words.gettext
    return " ".join(say(text) % {"year": year} for text in (MISSING, MISSING_ADVICE))


def _find(start: date, days: int, excluded: tuple[DaySpan, ...]) -> Found:
    missing: CalendarYearMissing | None = None
    for calendar in _calendars():
        try:
            return Found(calendar.add_working_days(start, days, excluded), calendar)
        except CalendarYearMissing as error:
            missing = missing or error
    raise missing or CalendarYearMissing(start.year)


def _calendars() -> Iterator[Calendar]:
    """Give the installation's calendar when it can be read, then the packaged one."""
    installed = _installed()
    if installed is not None and installed.years:
        yield installed
    yield get_packaged_calendar()


def _installed() -> Calendar | None:
    """Read the installation's calendar without loading the product; None when it cannot be read."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection

    connection.settings_dict["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT year FROM calendar_calendaryear")
            years: dict[int, dict[date, bool]] = {year: {} for (year,) in cursor.fetchall()}
            cursor.execute('SELECT "on", working FROM calendar_calendarday')
            for on, working in cursor.fetchall():
                years[on.year][on] = working
    except (DatabaseError, ImproperlyConfigured):
        return None
    finally:
        connection.close()
    return Calendar.of(years, source="installation")


def _print(found: Found, start: date, days: int, excluded: tuple[DaySpan, ...], *, as_json: bool) -> None:
    calendar = found.calendar
    if as_json:
        answer = {
            "start": start.isoformat(),
            "working_days": days,
            "excluded": [f"{span.first}..{span.last}" for span in excluded],
            "due": found.due.isoformat(),
            "calendar": calendar.source,
            "years": [min(calendar.years), max(calendar.years)],
            "fingerprint": calendar.fingerprint,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(found.due.isoformat())
    first, last = min(calendar.years), max(calendar.years)
    click.echo(f"calendar: {calendar.source}, {first}-{last}", err=True)
