"""How long something waits: `3wd` working days, `5d`, `4h`, `30m`, ISO 8601 (`P3DT4H`), a date, a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

LONGEST_DAYS = 3660
"""Nothing waits for longer than ten years."""

_SHORT = re.compile(r"(\d{1,6})\s*(wd|d|h|m)\Z")
_ISO = re.compile(
    r"P(?:(?P<w>\d{1,4})W)?(?:(?P<d>\d{1,5})D)?(?:T(?:(?P<h>\d{1,6})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,8})S)?)?\Z"
)
_VARIABLE = re.compile(r"\$\{\s*(\w+)\s*\}\Z")


@dataclass(frozen=True, slots=True)
class Delay:
    """A span after the moment at which waiting begins, or a moment: fixed, or held by a date variable."""

    working_days: int = 0
    span: timedelta = timedelta()
    moment: str = ""
    variable: str = ""

    @property
    def is_span(self) -> bool:
        """Say whether the end depends on when the waiting begins."""
        return not self.moment and not self.variable


def parse_delay(text: str) -> Delay | None:
    """Read a delay; nothing when the text is none, is zero, or lies beyond `LONGEST_DAYS`."""
    text = text.strip()
    if variable := _VARIABLE.match(text):
        return Delay(variable=variable[1])
    if read_moment(text) is not None:
        return Delay(moment=text)
    if short := _SHORT.match(text):
        return _short(int(short[1]), short[2])
    found = _ISO.match(text)
    if not found or not any(found.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(found[name] or 0) for name in "wdhms")
    if max(weeks / 7, days, hours / 24, minutes / 1440, seconds / 86400) > LONGEST_DAYS:
        return None
    return _bounded(timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds))


def read_moment(text: str) -> date | datetime | None:
    """Read an ISO date or date with time; nothing when the text is neither."""
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    return None


def _short(number: int, unit: str) -> Delay | None:
    if unit == "wd":
        return Delay(working_days=number) if 0 < number <= LONGEST_DAYS else None
    words = {"d": "days", "h": "hours", "m": "minutes"}
    return _bounded(timedelta(**{words[unit]: number}))


def _bounded(span: timedelta) -> Delay | None:
    return Delay(span=span) if timedelta() < span <= timedelta(days=LONGEST_DAYS) else None
