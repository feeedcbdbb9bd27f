"""What clocks do when others, or they themselves, tell of something."""

from __future__ import annotations

from django.utils import timezone

from jingkai.casework.clock import operations
from jingkai.casework.clock.events import ClockExtended
from jingkai.kernel.calendar.events import CalendarChanged, CalendarDrafted


def on_calendar_changed(event: CalendarChanged) -> None:
    """Compute every open clock anew with the changed calendar."""
    operations.begin_reprojection(
        year=event.year, version=event.version, source=event.reason, at=timezone.now()
    )


def on_calendar_drafted(event: CalendarDrafted) -> None:
    """Compute what a drafted calendar would move, for its page."""
    operations.begin_preview(draft_id=event.draft_id, at=timezone.now())


def on_clock_extended(event: ClockExtended) -> None:
    """Tell the applicant of an extension and its reason (行政许可法 42)."""
    operations.tell_of_extension(clock_id=event.clock_id, at=timezone.now())
