"""Reads: windows, lines, topics, devices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.utils.translation import get_language

from jingkai.kernel.hooks.api import local
from jingkai.kernel.search import api as search
from jingkai.modules.windows.models import Equipment, Kiosk, Line, Ticket, Topic, Window

TOPIC_KIND = "queue_topic"


def list_lines(*, active: bool = True) -> QuerySet[Line]:
    """Give the lines of business in their order."""
    rows = Line.objects.all()
    return rows.filter(active=True) if active else rows


def list_windows(*, active: bool = True) -> QuerySet[Window]:
    """Give the windows by number with lines, unit and equipment."""
    rows = Window.objects.select_related("unit").prefetch_related(
        "lines", Prefetch("equipment", Equipment.objects.order_by("pk"))
    )
    return rows.filter(active=True) if active else rows


def windows_of(line: Line) -> QuerySet[Window]:
    """Give the windows in use that serve a line."""
    return Window.objects.filter(active=True, lines=line)


def list_topics(line: Line | None = None) -> QuerySet[Topic]:
    """Give what people come for, of all lines or one."""
    rows = Topic.objects.filter(active=True, line__active=True).select_related("line")
    return rows if line is None else rows.filter(line=line)


def topic_name(ticket: Ticket) -> str:
    """What the holder of a number came for, in the reader's language where the hall's list has it."""
    if not ticket.topic or not (get_language() or "").startswith("en"):
        return ticket.topic
    found = Topic.objects.filter(line_id=ticket.line_id, name=ticket.topic).first()
    return local(found, "name") if found else ticket.topic


def with_topic_names(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Numbers with what their holders came for in the reader's language (`topic_words`), in one question."""
    found = list(tickets)
    names: dict[tuple[int, str], str] = {}
    if (get_language() or "").startswith("en"):
        told = Topic.objects.filter(name__in={one.topic for one in found})
        names = {(topic.line_id, topic.name): local(topic, "name") for topic in told}
    for one in found:
        one.topic_words = names.get((one.line_id, one.topic), one.topic)  # type: ignore[attr-defined]
    return found


def find_topics(words: str, *, limit: int = 12) -> list[Topic]:
    """Find what somebody wants by everyday words, the best first."""
    if not words.strip():
        return []
    hits = search.find(words, kinds=(TOPIC_KIND,), limit=limit).hits
    found = {topic.pk: topic for topic in list_topics().filter(pk__in=[hit.object_id for hit in hits])}
    ordered = [found[hit.object_id] for hit in hits if hit.object_id in found]
    if ordered:
        return ordered
    return [topic for topic in list_topics() if words in f"{topic.name} {topic.keywords}"][:limit]


def hash_of(token: str) -> str:
    """Give the form in which a device's secret is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def kiosk_of(token: str) -> Kiosk | None:
    """Give the admitted kiosk that holds a secret."""
    return Kiosk.objects.filter(token_hash=hash_of(token), withdrawn_at=None).first() if token else None
