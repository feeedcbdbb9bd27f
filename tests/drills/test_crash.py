"""Web, worker and database are killed under load: nothing acknowledged is lost, nothing is there by half.

`make test` kills ten times; `make drill` a hundred times and prints the table of docs/security/drills.md.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import timezone

from jingkai.kernel.calendar.api import load_year
from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.exchange.testing import make_token
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.testing import Hall
from jingkai.modules.hotline.api import seed_hotline
from tests.drills.conftest import Installer
from tests.drills.killing import CLIENTS, Outcome, Zone, drill

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
KILLS = int(os.environ.get("DRILL_KILLS", "10"))
RECOVERED = 30.0
"""Seconds: a sign of life only; how long it takes is printed."""


def test_killed_under_load_nothing_acknowledged_is_lost(
    hall: Hall, install_here: Installer, place: Path
) -> None:
    """Clients keep a journal of what was acknowledged; afterwards all of it is there, once and whole."""
    at = timezone.now()
    for year in {at.year, at.year + 1} - set(CalendarYear.objects.values_list("year", flat=True)):
        load_year(year=year, days=[], source="演练", by=SYSTEM, at=at)
    seed_hotline(by=SYSTEM, at=at)
    tokens = [make_token(["work-orders:write"], rate=6000)[1] for _ in range(CLIENTS)]
    outcome = drill(Zone(install_here(), place), tokens, kills=KILLS, seed=20261122)
    print(f"\n{outcome.table()}")  # noqa: T201
    whole(outcome)


def whole(outcome: Outcome) -> None:
    """Everything acknowledged is there; everything that is there is there once and whole."""
    found = outcome.found
    assert outcome.refused == []
    assert outcome.sent - set(found["received"]) == set()
    assert sorted(found["received"]) == sorted(found["orders"])
    count = len(set(found["orders"]))
    assert len(found["orders"]) == found["cases"] == found["open_tasks"] == found["clocks"] == count
    assert found["twice_notified"] == []
    assert found["notices"] == count
    assert found["differences"] == {}
    assert found["gaps"] == []
    assert found["faults"] == []
    assert max(max(times) for times in outcome.recoveries.values()) < RECOVERED
