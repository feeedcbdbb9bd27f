"""Reads of the delivery of results."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from jingkai.modules.approvals.models import Delivery

State = Delivery.State
ALONG = (
    "document",
    "application__case",
    "application__package",
    "application__enterprise",
    "downloaded_by",
    "asked_by",
    "recorded_by",
)


def deliveries() -> QuerySet[Delivery]:
    """All deliveries with what their pages show."""
    return Delivery.objects.select_related(*ALONG)


def filtered_deliveries(*, on: date, text: str = "", state: str = "", way: str = "") -> QuerySet[Delivery]:
    """The register of deliveries, narrowed; `todo` is what the window must do, `late` what is overdue."""
    found = deliveries()
    match state:
        case "todo":
            found = found.filter(state__in=(State.ASKED, State.RETURNED))
        case "late":
            found = found.filter(delivered_at=None, due_on__lt=on)
        case "":
            pass
        case _:
            found = found.filter(state=state)
    if way:
        found = found.filter(way="" if way == "electronic" else way)
    if text:
        found = found.filter(
            Q(document__number_text__icontains=text)
            | Q(document__title__icontains=text)
            | Q(document__addressee_name__icontains=text)
            | Q(application__case__reference__icontains=text)
            | Q(waybill__iexact=text)
        )
    return found


def deliveries_of(document_ids: Collection[int]) -> dict[int, Delivery]:
    """The deliveries of documents, by document."""
    return {one.document_id: one for one in Delivery.objects.filter(document_id__in=document_ids)}


def count_undelivered(*, on: date) -> int:
    """How many papers wait for the window or are overdue, a hundred at most."""
    waiting = Q(state__in=(State.ASKED, State.RETURNED)) | Q(delivered_at=None, due_on__lt=on)
    return Delivery.objects.filter(waiting)[:100].count()
