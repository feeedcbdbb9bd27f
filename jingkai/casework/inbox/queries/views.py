"""Reads of saved views."""

from __future__ import annotations

from uuid import UUID

from jingkai.casework.inbox.models import SavedView
from jingkai.kernel.permissions.data import Actor


def get_view(*, uuid: UUID, actor: Actor) -> SavedView | None:
    """Give one of the person's own views; another's is as good as none."""
    return SavedView.objects.filter(uuid=uuid, person_id=actor.party_id).first()
