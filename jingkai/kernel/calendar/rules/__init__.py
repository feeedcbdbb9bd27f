"""What the law says about working days, the packaged notices, and who may change the calendar."""

from jingkai.kernel.calendar.rules.arithmetic import (
    Calendar,
    CalendarYearMissing,
    fingerprint_of,
    fingerprint_of_all,
    natural_days_within,
)
from jingkai.kernel.calendar.rules.consequences import consequences
from jingkai.kernel.calendar.rules.packaged import (
    get_packaged_calendar,
    list_packaged_days,
    list_packaged_years,
)
from jingkai.kernel.calendar.rules.permissions import MANAGE, PERMISSIONS

__all__ = [
    "MANAGE",
    "PERMISSIONS",
    "Calendar",
    "CalendarYearMissing",
    "consequences",
    "fingerprint_of",
    "fingerprint_of_all",
    "get_packaged_calendar",
    "list_packaged_days",
    "list_packaged_years",
    "natural_days_within",
]
