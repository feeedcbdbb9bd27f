"""What cases do when clocks tell of something, or when a sub-case has ended."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from jingkai.casework.cases import queries
from jingkai.casework.cases.events import SubcaseEnded
from jingkai.casework.cases.operations import RECOUNT, end_subcase, pace_timers, refresh_deadlines
from jingkai.casework.clock.events import (
    ClockExtended,
    ClockProjected,
    ClockResumed,
    ClockStopped,
    ClockSuspended,
)
from jingkai.kernel.calendar.events import CalendarChanged
from jingkai.kernel.events.api import enqueue


def on_clock_changed(event: ClockSuspended | ClockResumed | ClockExtended | ClockStopped) -> None:
    """Write a clock's new dates into its case; timers that are tied to it follow it."""
    refresh_deadlines(case_ids=queries.cases_of_clocks([event.clock_id]))
    _pace([event.clock_id])


def on_clocks_projected(event: ClockProjected) -> None:
    """Write the dates of many clocks that the calendar has moved into their cases."""
    refresh_deadlines(case_ids=queries.cases_of_clocks(event.clock_ids))
    _pace(event.clock_ids)


def on_calendar_changed(event: CalendarChanged) -> None:
    """Count timers of working days anew; clocks tell of themselves."""
    enqueue(RECOUNT, reason=event.reason)


def _pace(clock_ids: Collection[int]) -> None:
    for case_id in queries.cases_with_timers_of(clock_ids):
        pace_timers(case_id=case_id, at=timezone.now())


def on_subcase_ended(event: SubcaseEnded) -> None:
    """Let the case go on that waited for a sub-case."""
    end_subcase(case_id=event.case_id, at=timezone.now())
