"""The current clocks of many cases at once, and what a list says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jingkai.casework.cases.data import FAR
from jingkai.casework.cases.models import Case, CaseClock, Task
from jingkai.casework.clock.api import light_lasts_until, light_of, usage
from jingkai.casework.clock.data import State, Usage
from jingkai.casework.clock.models import Clock
from jingkai.kernel.calendar.api import Calendar, get_calendar, year_prints
from jingkai.kernel.hooks.api import Prepared, Rows, Slots
from jingkai.ui.data import Light


@dataclass
class CaseClocks:
    """The newest clock under each key of the cases on one page, with the calendar read along with them.

    Where a flow names no limit, the light says so instead of promising anything.
    """

    at: datetime
    rows: dict[int, dict[str, CaseClock]] = field(default_factory=dict)
    prints: Mapping[str, str] | None = None
    found: Rows[CaseClock] | None = None
    """The same rows, read and not yet made into objects."""

    @cached_property
    def _places(self) -> dict[int, list[int]]:
        """Where among the rows that were found those of each case are."""
        places: dict[int, list[int]] = {}
        for place, case_id in enumerate(self.found.column("case_id") if self.found else ()):
            places.setdefault(case_id, []).append(place)
        return places

    @cached_property
    def marks(self) -> Mapping[int, tuple[Any, ...]]:
        """A key of each case's clocks: who draws equal ones draws the same."""
        marks = self.found.marks if self.found else ()
        return {
            case_id: tuple([marks[place] for place in places]) for case_id, places in self._places.items()
        }

    def _rows_of(self, case_id: int) -> Mapping[str, CaseClock]:
        if case_id not in self.rows and self.found:
            made = [self.found[place] for place in self._places.get(case_id, ())]
            self.rows[case_id] = {row.key: row for row in made}
        return self.rows.get(case_id, {})

    @cached_property
    def calendar(self) -> Calendar:
        """The installation's calendar; asked for only where no clock brought it along."""
        prints = self.found[0].prints if self.found else self.prints  # type: ignore[attr-defined]
        return get_calendar(prints)

    @cached_property
    def _idle(self) -> Light:
        return Light("none", _("No limit runs"))

    @cached_property
    def _ended(self) -> dict[str, Light]:
        return {state.value: Light("none", str(state.label)) for state in Case.State}

    def of_case(self, case_id: int) -> Clock | None:
        """Give the clock that a case is judged by: running and due first, else on hold, else the last."""
        clocks = [row.clock for row in self._rows_of(case_id).values()]
        for state in (State.RUNNING, State.SUSPENDED):
            found = [clock for clock in clocks if clock.state == state]
            if found:
                return min(found, key=lambda clock: (clock.due_at, clock.pk))
        return max(clocks, key=lambda clock: (clock.stopped_on, clock.pk), default=None)

    def of_task(self, task: Task) -> Clock | None:
        """Give the clock that runs at a task, if its flow names one."""
        row = self._rows_of(task.case_id).get(task.clock_key) if task.clock_key else None
        return row.clock if row else None

    def light_of_case(self, case: Case, clock: Clock | None = None) -> Light:
        """Give the light of a case as lists show it, by its clock; a finished one says how it ended."""
        if case.state != Case.State.OPEN:
            return self._ended[case.state]
        return self._light(clock or self.of_case(case.id))

    def light_of_task(self, task: Task) -> Light:
        """Give the light of one task by its own clock."""
        return self._light(self.of_task(task))

    def lasts_until(self, clock: Clock | None) -> datetime:
        """Tell until when light and days of a clock read the same if nobody touches clock and calendar."""
        return light_lasts_until(clock, self.at) if clock else FAR

    def usage_of(self, clock: Clock | None) -> Usage | None:
        """Tell how many days a clock has used, and how many are promised and allowed."""
        return usage(clock, self.at, self.calendar) if clock is not None else None

    def _light(self, clock: Clock | None) -> Light:
        if clock is None or clock.state == State.STOPPED:
            return self._idle
        return light_of(clock, self.at, self.calendar)


def _newest(slots: Slots) -> QuerySet[Any]:
    rows = CaseClock.objects.filter(case_id__in=slots.numbers("cases")).select_related("clock")
    rows = rows.order_by("case_id", "key", "-id").distinct("case_id", "key").defer(*_NOT_LISTED)
    return rows.annotate(prints=year_prints())


_NOT_LISTED = (
    *("branch", "attached_at"),
    *(
        "clock__uuid",
        "clock__limit_rule",
        "clock__overall",
        "clock__limit_key",
        "clock__calendar_fingerprint",
    ),
    *("clock__warned", "clock__step", "clock__step_at", "clock__lapsed_at"),
)
"""What no list shows of a clock is loaded when asked for."""


_NEWEST = Prepared(_newest)


def clocks_of(case_ids: Iterable[int], *, at: datetime) -> CaseClocks:
    """Load the newest clock of each key for these cases, and the calendar, in one query; none for no case."""
    wanted = sorted(set(case_ids))
    if not wanted or not (found := _NEWEST.rows(cases=wanted)):
        return CaseClocks(at)
    return CaseClocks(at, found=found)
