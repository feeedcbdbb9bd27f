"""A replica is promoted while cases run: what was acknowledged is there, once and whole.

The primary is killed under load; its replica, in step by synchronous replication, is promoted. Nobody tells
web and worker: their address names both servers, and they go to the one that takes writes.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from jingkai.config.environment import APP_ROLE
from jingkai.modules.approvals.testing import Hall
from tests.drills.conftest import Installer, make_clients
from tests.drills.installation import Installation
from tests.drills.killing import CLIENTS, OFFICE, Outcome, Zone, last_look, under_load, whole
from tests.drills.replicas import Standby, commit_on_both, following, kill_server, url_of

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
BEFORE = 8
"""Orders that are acknowledged before the primary is lost."""


def test_nothing_acknowledged_is_lost_when_the_replica_is_promoted(
    hall: Hall, install_here: Installer, place: Path
) -> None:
    """Clients keep a journal; afterwards all of it is in the promoted database, and the trail is whole."""
    tokens, installation = make_clients(), install_here()
    with following(installation, place / "replica", "second") as standby:
        commit_on_both(installation, standby)
        outcome = promoted_under_load(installation, standby, tokens, place)
    after = outcome.recoveries["primary"][0]
    print(  # noqa: T201
        f"\nPrimary killed under {CLIENTS} clients, replica promoted: {len(outcome.sent)} orders"
        f" acknowledged, {len(outcome.sent - set(outcome.found['orders']))} lost;"
        f" the next acknowledgement after {after:.1f} s."
    )
    whole(outcome.journal, outcome.refused, outcome.found)


def promoted_under_load(
    installation: Installation, standby: Standby, tokens: list[str], place: Path
) -> Outcome:
    """Kill the primary between two acknowledgements, promote the replica, go on, and look."""
    both = url_of(
        installation.server.address(APP_ROLE),
        standby.server.address(APP_ROLE),
        target_session_attrs="read-write",
        connect_timeout="3",
    )
    zone = Zone(replace(installation, variables={"DATABASE_URL": both}), place)
    began = time.monotonic()
    with under_load(zone, tokens, pace=OFFICE) as load:
        for _ in range(BEFORE):
            load.await_next(time.monotonic())
        kill_server(installation.server)
        lost = time.monotonic()
        standby.promote()
        recovered = load.await_next(lost)
        for _ in range(BEFORE):
            load.await_next(time.monotonic())
    found, times = last_look(zone.installation), {"primary": [recovered]}
    return Outcome(Counter(primary=1), times, load.journal, load.refused, found, time.monotonic() - began)
