"""Reactions to what happens to matters, one call each."""

from __future__ import annotations

from django.utils import timezone

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.events import ResultSealed, ServiceRated
from jingkai.modules.evaluations import operations


def on_result_sealed(event: ResultSealed) -> None:
    """A finished matter can be rated: send the link."""
    operations.invite_to_rate_matter(application_id=event.application_id, by=SYSTEM, at=timezone.now())


def on_service_rated(event: ServiceRated) -> None:
    """A rating was given in the matter itself: keep what follows from it."""
    operations.take_over_rating(application_id=event.application_id, at=timezone.now())
