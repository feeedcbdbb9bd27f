"""What happened to posts, for whoever subscribes. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppointmentEnded:
    """Somebody leaves a post, today or on a later last day, or the appointment was taken back."""

    appointment_id: int
    person_id: int
