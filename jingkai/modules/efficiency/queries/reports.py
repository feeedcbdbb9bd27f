"""Monthly reports: the list, one of them, and whether a month has one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from jingkai.modules.efficiency.models import Report

MOST = 120


def list_reports(*, year: int | None = None) -> list[Report]:
    """Reports, newest month and version first."""
    rows = Report.objects.select_related("document", "asked_by", "issued_by")
    if year is not None:
        rows = rows.filter(month__year=year)
    return list(rows.order_by("-month", "-version")[:MOST])


def get_report(uuid: UUID) -> Report | None:
    """One report."""
    return Report.objects.select_related("document", "asked_by", "issued_by").filter(uuid=uuid).first()


def month_is_reported(month: date) -> bool:
    """Whether any version of a month's report was asked for and did not fail."""
    return Report.objects.filter(month=month).exclude(state=Report.State.FAILED).exists()
