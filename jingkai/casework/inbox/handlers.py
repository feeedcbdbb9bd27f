"""What the inbox does when something happened elsewhere."""

from __future__ import annotations

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.kernel.organisation.events import AppointmentEnded


def on_appointment_ended(event: AppointmentEnded) -> None:
    """Give the tasks of whoever has left a post back to where somebody works; repeating changes nothing."""
    cases.hand_over_lost(at=timezone.now(), person=event.person_id)
