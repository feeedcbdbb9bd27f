"""Web, worker and database are killed under load: nothing acknowledged is lost, nothing is there by half.

`make test` kills ten times; `make drill` a hundred times and prints the table of docs/security/drills.md.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jingkai.modules.approvals.testing import Hall
from tests.drills.conftest import Installer, make_clients
from tests.drills.killing import THOROUGH, Zone, drill, whole

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
KILLS = int(os.environ.get("DRILL_KILLS", "10"))
PACE = 0.0 if THOROUGH else 0.25
"""Seconds between two orders of a client: in `make drill` none, in a test run, beside other drills, a few."""
RECOVERED = 30.0
"""Seconds: a sign of life only; how long it takes is printed."""


def test_killed_under_load_nothing_acknowledged_is_lost(
    hall: Hall, install_here: Installer, place: Path
) -> None:
    """Clients keep a journal of what was acknowledged; afterwards all of it is there, once and whole."""
    tokens = make_clients()
    outcome = drill(Zone(install_here(), place), tokens, kills=KILLS, seed=20261122, pace=PACE)
    print(f"\n{outcome.table()}")  # noqa: T201
    whole(outcome.journal, outcome.refused, outcome.found)
    assert max(max(times) for times in outcome.recoveries.values()) < RECOVERED
