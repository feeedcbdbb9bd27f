"""Background work of the windows: reminders, and the end of a day."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.windows.operations import appointments, tickets


@periodic("0 8 * * *", label=_("Remind of tomorrow's appointments"))
def remind_of_appointments() -> None:
    """Remind in the afternoon whoever has an appointment on the next working day."""
    appointments.remind(at=timezone.now())


@periodic("10 16 * * *", label=_("Close the hall's day"))
def close_the_day() -> None:
    """Close after midnight the queue and the appointments of the day that is over."""
    at = timezone.now()
    over = timezone.localdate(at) - timedelta(days=1)
    tickets.close_day(on=over, by=SYSTEM, at=at)
    appointments.note_missed(on=over, by=SYSTEM, at=at)
