"""Background work of efficiency: reports, on request and on the first working day of a month."""

from __future__ import annotations

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.events.api import Backoff, job, periodic
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.efficiency import operations, queries, rules


@job("efficiency.make_report", backoff=Backoff(attempts=4), label=_("Make a monthly report of efficiency"))
def make_report(*, report_id: int) -> None:
    """Make one report; the page shows how far it is, or why it failed. An official paper: it is Chinese.

    What failed is tried again by itself a few times, and by a person as often as they like.
    """
    operations.note_progress(report_id=report_id, percent=20)
    try:
        with translation.override("zh-hans"):
            operations.make_report(report_id=report_id, by=SYSTEM, at=timezone.now())
    except Exception as error:
        operations.note_failure(report_id=report_id, error=error, by=SYSTEM, at=timezone.now())
        raise


@periodic("30 23 * * *", name="efficiency.monthly_report")
def monthly_report() -> None:
    """Ask for the last month's report on the first working day of a month, once (07:30 in the zone)."""
    at = timezone.now()
    today = timezone.localdate(at)
    month = rules.months_before(today.replace(day=1), 1)
    year = calendar.get_calendar()
    earlier = [today.replace(day=day) for day in range(1, today.day)]
    if not year.is_working(today) or any(year.is_working(day) for day in earlier):
        return
    if not queries.month_is_reported(month):
        operations.ask_for_report(month=month, by=SYSTEM, at=at)
