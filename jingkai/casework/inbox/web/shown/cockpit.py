"""The cockpit's figures as the design system draws them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jingkai.casework.inbox.queries import Load, Moved, Standing
from jingkai.casework.inbox.queries.cockpit import MOST_MOVED, MOST_OPEN
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing
from jingkai.kernel.hooks.api import local
from jingkai.ui.data import Chart, Light, Part, StackedBar, Stat
from jingkai.ui.words import grouped

MOST_UNITS = 12


def strip(standing: Standing, moved: Moved, calendar: Calendar, at: datetime) -> list[Stat]:
    """Draw the strip: open, due today, overdue, average days, closed this month, in time."""
    address = reverse("inbox:cases")
    late = Stat(
        _("Overdue"),
        _figure(min(standing.late, MOST_OPEN), cut=standing.late > MOST_OPEN),
        note=_longest(standing, calendar, at),
        tone="late" if standing.late else "none",
        url=f"{address}?light=red&sort=due",
    )
    return [
        Stat(
            pgettext("case", "Open"),
            _figure(standing.open, cut=standing.cut),
            url=f"{address}?state=open&sort=due",
        ),
        Stat(_("Due today"), _figure(standing.today), note=_soon(standing)),
        late,
        _average(moved),
        Stat(_("Closed this month"), _figure(moved.closed_this_month, cut=moved.cut), note=_in_time(moved)),
    ]


def _figure(number: int, *, cut: bool = False) -> str:
    return f"{grouped(number)}+" if cut else grouped(number)


def _soon(standing: Standing) -> str:
    return _("%(n)s due soon") % {"n": grouped(standing.warn)} if standing.warn else ""


def _longest(standing: Standing, calendar: Calendar, at: datetime) -> str:
    if standing.longest_late is None:
        return ""
    due, today = timezone.localdate(standing.longest_late), timezone.localdate(at)
    try:
        days = calendar.working_days_between(due, today)
    except CalendarYearMissing:
        return ""
    return ngettext("longest %(n)s working day", "longest %(n)s working days", days) % {"n": days}


def _average(moved: Moved) -> Stat:
    label = _("Average days, closed in 30 days")
    if not moved.judged:
        return Stat(label, "—")
    words = _("working days · promised %(promised)s · statutory %(statutory)s")
    facts = {"promised": _days(moved.promised), "statutory": _days(moved.statutory)}
    return Stat(label, _days(moved.used), note=words % facts)


def _days(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:.1f}".removesuffix(".0")


def _in_time(moved: Moved) -> str:
    if not moved.judged:
        return ""
    return _("%(percent)s%% in time") % {"percent": round(moved.on_time * 100 / moved.judged)}


def legend() -> list[Light]:
    """Name the colours of the bars."""
    return [
        Light("ok", _("In order")),
        Light("warn", _("Due soon")),
        Light("late", _("Overdue")),
        Light("hold", _("On hold")),
    ]


def load_bars(loads: Sequence[Load]) -> list[StackedBar]:
    """Draw how much each unit has in hand, by light; a bar leads to the list behind it."""
    return [_bar(load) for load in loads[:MOST_UNITS]]


def _bar(load: Load) -> StackedBar:
    parts = [
        Part(_("In order"), load.ok, "ok"),
        Part(_("Due soon"), load.warn, "warn"),
        Part(_("Overdue"), load.late, "late"),
        Part(_("On hold"), load.hold, "hold"),
        Part(_("No limit"), load.none, "none"),
    ]
    number = ngettext("%(n)s task", "%(n)s tasks", load.total) % {"n": grouped(load.total)}
    url = f"{reverse('inbox:cases')}?unit={load.uuid}" if load.uuid else ""
    label = local({"name": load.name, "name_en": load.name_en}, "name") or _("With applicants")
    return StackedBar(label, [part for part in parts if part.value], number, url)


def cut_note(standing: Standing, moved: Moved) -> str:
    """Say which figures look at a part only, where that is so."""
    parts = []
    if standing.cut:
        words = _("Figures on open cases look at the %(n)s that are due first.")
        parts.append(words % {"n": grouped(MOST_OPEN)})
    if moved.cut:
        words = _("Weekly figures look at the newest %(n)s cases.")
        parts.append(words % {"n": grouped(MOST_MOVED)})
    return " ".join(parts)


def weekly_chart(moved: Moved) -> Chart:
    """Draw opened and closed cases per week."""
    labels = [week.strftime("%m-%d") for week in moved.weeks]
    opened = [moved.opened.get(week, 0) for week in moved.weeks]
    closed = [moved.closed.get(week, 0) for week in moved.weeks]
    option = {
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"minInterval": 1},
        "legend": {},
        "series": [
            {"type": "bar", "name": _("Opened"), "data": opened},
            {"type": "bar", "name": pgettext("case", "Closed"), "data": closed},
        ],
    }
    rows = list(zip([str(week) for week in moved.weeks], opened, closed, strict=True))
    return Chart(
        _("Opened and closed per week"),
        option,
        [_("Week from"), _("Opened"), pgettext("case", "Closed")],
        rows,
    )
