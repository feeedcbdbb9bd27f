"""Reading the trail."""

from __future__ import annotations

from django.db import models

from jingkai.kernel.audit.data import Stream
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.operations import stream_of


def entries_of(stream: Stream | models.Model) -> models.QuerySet[TrailEntry]:
    """Give the entries of one stream, oldest first."""
    kind, number = stream_of(stream)
    return TrailEntry.objects.filter(stream_kind=kind, stream_id=number).order_by("sequence")
