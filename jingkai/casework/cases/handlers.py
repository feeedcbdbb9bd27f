"""What cases do when clocks tell of something: repeat the new dates in lists and tasks."""

from __future__ import annotations

from jingkai.casework.cases import queries
from jingkai.casework.cases.operations import refresh_deadlines
from jingkai.casework.clock.events import (
    ClockExtended,
    ClockProjected,
    ClockResumed,
    ClockStopped,
    ClockSuspended,
)


def on_clock_changed(event: ClockSuspended | ClockResumed | ClockExtended | ClockStopped) -> None:
    """Write a clock's new dates into its case."""
    refresh_deadlines(case_ids=queries.cases_of_clocks([event.clock_id]))


def on_clocks_projected(event: ClockProjected) -> None:
    """Write the dates of many clocks that the calendar has moved into their cases."""
    refresh_deadlines(case_ids=queries.cases_of_clocks(event.clock_ids))
