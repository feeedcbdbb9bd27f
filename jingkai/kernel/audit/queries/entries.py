"""Reading the trail."""

from __future__ import annotations

from django.db import models

from jingkai.kernel.audit.data import Stream
from jingkai.kernel.audit.models import TrailEntry


def stream_of(subject: Stream | models.Model) -> Stream:
    """Give the stream of a thing: `(app.model, number)`."""
    if isinstance(subject, models.Model):
        if subject.pk is None:
            raise ValueError("A thing has no trail before it is saved.")
        return subject._meta.label_lower, int(subject.pk)
    kind, number = subject
    return kind, int(number)


def entries_of(stream: Stream | models.Model) -> models.QuerySet[TrailEntry]:
    """Give the entries of one stream, oldest first."""
    kind, number = stream_of(stream)
    return TrailEntry.objects.filter(stream_kind=kind, stream_id=number).order_by("sequence")
