"""Reads of invitations: which visit may be rated now."""

from __future__ import annotations

from datetime import datetime, timedelta

from jingkai.modules.evaluations.models import Invitation

ON_SCREEN = timedelta(minutes=15)
"""For how long the screen at a window shows the code of a visit."""


def open_invitation(*, ticket: str, at: datetime) -> Invitation | None:
    """Give the invitation of a visit that was not rated yet and may still be."""
    return Invitation.objects.filter(ticket=ticket, used_at=None, expires_at__gt=at).first()


def newest_at_window(*, person_id: int | None, at: datetime) -> Invitation | None:
    """Give the last visit that a clerk ended, for as long as the screen at the window shows it."""
    rows = Invitation.objects.filter(person_id=person_id, ticket__isnull=False, made_at__gt=at - ON_SCREEN)
    return rows.order_by("-pk").first()
