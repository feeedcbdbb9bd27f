"""The limits of the catalogue are those of the laws, and no promise is longer."""

from __future__ import annotations

import pytest

from jingkai.modules.approvals import queries
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db
AT = moment("2026-03-02 09:00")
HALL_AT = "catalogue"


@pytest.mark.parametrize(
    ("code", "days", "unit"),
    [
        ("enterprise-registration", 3, "working"),
        ("investment-approval", 20, "working"),
        ("eia-report", 60, "natural"),
        ("eia-form", 30, "natural"),
        ("construction-licence", 7, "natural"),
        ("water-intake-permit", 45, "working"),
        ("real-estate-first", 30, "working"),
        ("project-filing", None, ""),
    ],
)
def test_the_limits_are_those_of_the_laws(hall: Hall, code: str, days: int | None, unit: str) -> None:
    guide = queries.find_guide(code=code, on=AT.date())
    assert guide is not None
    if days is None:
        assert guide.limit is None
    else:
        assert guide.limit is not None
        assert (guide.limit.amount, guide.limit.unit) == (days, unit)
        assert guide.item.promised is not None
        assert guide.item.promised <= days
