"""What the calendar hangs into others' pages: its menu entry, and the doctor's question about the years."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.calendar import queries
from jingkai.kernel.calendar.rules import MANAGE
from jingkai.kernel.hooks.data import CheckResult, DoctorCheck, MenuEntry

MENU = MenuEntry(
    label=gettext_lazy("Working-day calendar"),
    url_name="calendar:years",
    icon="calendar",
    group=gettext_lazy("System"),
    order=910,
    permission=MANAGE,
)
NOTICE_MONTH = 11
"""The State Council's notice for the next year is published about November."""


def check_years() -> CheckResult:
    """Say whether this year is loaded, and from November on the next one too."""
    today, years = timezone.localdate(), {year.year for year in queries.list_years()}
    advice = _("Load it under System › Working-day calendar, from the State Council's holiday notice.")
    if today.year not in years:
        said = _("The working-day calendar of %(year)s is not loaded; no limit can be computed.")
        return CheckResult("fail", said % {"year": today.year}, advice)
    if today.month >= NOTICE_MONTH and today.year + 1 not in years:
        said = _("The working-day calendar of %(year)s is not loaded; limits that end in it are refused.")
        return CheckResult("warn", said % {"year": today.year + 1}, advice)
    return CheckResult("ok", _("Loaded: %(first)s to %(last)s.") % {"first": min(years), "last": max(years)})


YEARS_CHECK = DoctorCheck("calendar", check_years)
