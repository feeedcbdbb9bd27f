"""What clocks do when others tell of something."""

from __future__ import annotations

from jingkai.casework.clock.jobs import REPROJECT
from jingkai.kernel.calendar.events import CalendarChanged
from jingkai.kernel.events.api import enqueue


def on_calendar_changed(event: CalendarChanged) -> None:
    """Compute every open clock anew with the changed calendar."""
    enqueue(REPROJECT, reason=f"{event.year} {event.reason}")
