"""The clock of web and worker leaps by an hour and a day, ahead and back: work goes on, in order; it is told.

The library `libfaketime` gives the processes another time, as an operator's wrong `date -s` does; the
database keeps the right one, as on a machine of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from jingkai.modules.approvals.testing import Hall
from tests.drills.conftest import Installer, make_clients
from tests.drills.installation import Installation
from tests.drills.killing import OFFICE, THOROUGH, Load, Zone, last_look, under_load, whole
from tests.drills.test_lost_line import Person

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")
EVERY_LEAP = ("+1h", "+0", "+1d", "+0", "-1h", "+0", "-1d", "+0")
LEAPS = EVERY_LEAP if THOROUGH else ("+1d", "+0", "-1h", "+0")
"""A test run takes the larger one ahead and the smaller one back, `make drill` each of them."""
WELL, AHEAD = "ok", "fail"


@pytest.fixture
def faketime() -> str:
    """The library that gives a process another time; `tools/bootstrap.py system` installs it."""
    found = [str(path) for pattern in LIBRARIES for path in Path("/").glob(pattern.lstrip("/"))]
    assert found, "libfaketime is missing: python3 tools/bootstrap.py system"
    return found[0]


def test_leaps_of_the_clock_lose_nothing(
    hall: Hall, install_here: Installer, place: Path, faketime: str
) -> None:
    """Each leap under load: orders are taken in, their cases opened, periodic work done."""
    tokens, client = make_clients(), Client()
    hall.log_in(client, "handler")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with with_a_clock(install_here(), place / "clock", faketime) as (made, set_clock):
        zone = Zone(made, place)
        with under_load(zone, tokens, pace=OFFICE) as load:
            person = Person(zone.port, session)
            assert person.ask("GET", "/my/")[0] == 200
            assert said(made) == WELL
            for leap in LEAPS:
                set_clock(leap)
                goes_on(made, load)
                if leap == "+1d":
                    set_clock("+0")
                    assert said(made) == AHEAD
            assert person.ask("GET", "/my/")[0] in (200, 302)
        whole(load.journal, load.refused, last_look(made))
        in_order(made)


@contextmanager
def with_a_clock(
    made: Installation, clock: Path, library: str
) -> Iterator[tuple[Installation, Callable[[str], object]]]:
    """The same installation, whose processes read their time through a file."""
    clock.write_text("+0")
    clock.chmod(0o644)
    told = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    yield replace(made, variables=told), clock.write_text


def goes_on(made: Installation, load: Load) -> None:
    """After a leap orders are acknowledged, their cases opened, and the trail is signed again."""
    before, since = standing(made), time.monotonic()
    load.await_next(since)
    until = since + 90
    while time.monotonic() < until:
        if all(now > then for now, then in zip(standing(made), before, strict=True)):
            return
        time.sleep(0.3)
    pytest.fail(f"{before} -> {standing(made)}: " + (load.zone.logs / "worker.log").read_text()[-3000:])


def standing(made: Installation) -> list[int]:
    """How many cases there are, the newest checkpoint of the trail, and how often periodic work was done."""
    with made.connect() as connection:
        row: Any = connection.execute(
            "SELECT (SELECT count(*) FROM cases_case),"
            " (SELECT coalesce(max(number), 0) FROM audit_checkpoint),"
            " (SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'audit.checkpoint'"
            "  AND status = 'succeeded')"
        ).fetchone()
    return [int(number) for number in row]


def said(made: Installation) -> str:
    """What the doctor says of the dates that were written."""
    found: Any = json.loads(made.run("doctor", "--json", code=None).stdout)
    return next(str(one["state"]) for one in found["findings"] if one["name"] == "dates")


def in_order(made: Installation) -> None:
    """Each chain counts on without a gap, whatever its dates say."""
    with made.connect() as connection:
        broken = connection.execute(
            "SELECT stream_kind, stream_id FROM (SELECT stream_kind, stream_id, sequence, id,"
            " row_number() OVER (PARTITION BY stream_kind, stream_id ORDER BY id) AS place"
            " FROM audit_trailentry) AS entries WHERE sequence <> place LIMIT 1"
        ).fetchall()
    assert broken == []
