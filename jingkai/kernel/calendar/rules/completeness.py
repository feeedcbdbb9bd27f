"""Whether a year's table can be complete: every holiday of the law lies in it (全国年节及纪念日放假办法)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from jingkai.kernel.calendar.data import NamedDay

SINCE = {"清明节": 2008, "端午节": 2008, "中秋节": 2008}
"""Holidays that the law knows only from a year on (国务院令 513 号)."""


def missing_months(days: Mapping[date, NamedDay], year: int) -> list[str]:
    """Give a sentence for every holiday of the law of which a table says nothing: a month is missing."""
    said = []
    for name, (first, last) in _SEASONS.items():
        if year < SINCE.get(name, year):
            continue
        begin, end = date(year, *first), date(year, *last)
        span = (begin + timedelta(days=n) for n in range((end - begin).days + 1))
        if not any(on in days and not days[on].working for on in span):
            words = _("The table says nothing of %(name)s (%(first)s to %(last)s). Is a month missing?")
            said.append(words % {"name": name, "first": begin, "last": end})
    return said


_SEASONS = {
    "元旦": ((1, 1), (1, 3)),
    "春节": ((1, 20), (2, 28)),
    "清明节": ((4, 3), (4, 7)),
    "劳动节": ((5, 1), (5, 3)),
    "端午节": ((5, 25), (6, 30)),
    "国庆节": ((10, 1), (10, 8)),
}
"""Where the holidays of the law lie every year; 中秋节 may fall into those of 国庆节."""
