"""Fixtures of the journeys: the browser, the clock, the zone."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.chromium import EVERY, FLAGS, SYSTEM_FONTS, Clock, chromium
from tests.journeys.zone import settled, zone

__all__ = ["browser", "clock", "settled", "zone"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One browser for the journeys of a file; while it runs, no other test can have a loop of its own.

    In drills and for pictures pages wear the fonts that they bring.

    Inside the browser's loop Django has other database connections than outside: those of the side that is
    left are closed, or they would go on pointing to the database of an earlier test.
    """
    connections.close_all()
    with sync_playwright() as playwright:
        light = [] if EVERY or request.node.get_closest_marker("drill") else [SYSTEM_FONTS]
        running = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *light])
        yield running
        running.close()
        connections.close_all()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock that is put right again after the journey."""
    own = Clock()
    yield own
    if own.traveller is not None:
        own.traveller.stop()
