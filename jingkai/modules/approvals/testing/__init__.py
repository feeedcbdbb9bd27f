"""A service hall ready for business, and short ways to bring a matter to any stage on days of one's choice.

    def test_x(hall):
        matter = hall.bring_to("accepted", accepted="2026-03-03 10:00")   # an `Application`
        hall.conclude(matter, "fire", at="2026-03-05 15:00")

`hall.cast` are the people of `kernel.organisation.testing`; both of its enterprises stand in the registry,
the calendar of 2024 to 2026 and the limits are loaded, seal no. 2 is in the custody of the custodian's post,
and the package `construction-permit` is published. Moments are texts of the zone's own time or `datetime`s.

The hall is filled once per session; each module works in a copy of that database, and a test with
`django_db(transaction=True)` gets a fresh copy of its own. A module that says `HALL_AT = "simulated"` finds
that stage already played (`stages`), so its tests need not play it themselves; `HALL_AT = play` names a
function of the module instead, which is given the hall and played once. What `bring_to` plays on the
usual days is kept, too, and found again by later tests that begin with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jingkai.kernel.hooks.testing import called, connected_to, drop_database
from jingkai.modules.approvals.connectors.platform_standin import PROJECT, Platforms
from jingkai.modules.approvals.testing.database import OpenedHall, of_a_test, open_hall, play_on
from jingkai.modules.approvals.testing.hall import Hall, make_hall
from jingkai.modules.approvals.testing.papers import DAYS, FACTS, STAGES, moment, small_file
from jingkai.modules.approvals.testing.project import stages

__all__ = [
    "DAYS",
    "FACTS",
    "PROJECT",
    "STAGES",
    "Hall",
    "Platforms",
    "hall",
    "hall_at",
    "hall_database",
    "make_hall",
    "moment",
    "opened_hall",
    "small_file",
]


HallAt = Callable[[str | Callable[[Hall], None]], OpenedHall]


@pytest.fixture(scope="session")
def opened_hall(
    database_server: Any,
    database_template: str,
    django_db_setup: None,
    django_db_blocker: Any,
    seal_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OpenedHall]:
    """The hall on its first day; made once per session."""
    with django_db_blocker.unblock():
        opened = open_hall(database_server, database_template, seal_folder, tmp_path_factory.mktemp("hall"))
    yield opened
    with django_db_blocker.unblock():
        opened.drop()


@pytest.fixture(scope="session")
def hall_at(
    opened_hall: OpenedHall,
    django_db_blocker: Any,
    seal_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HallAt]:
    """The hall at a stage; each stage is played once per session, when it is first asked for."""
    made = {"": opened_hall}

    def at(stage: str | Callable[[Hall], None]) -> OpenedHall:
        play = stages.get(stage) if isinstance(stage, str) else of_a_test(stage)
        name = stage if isinstance(stage, str) else "_".join(stage.__module__.split(".")[-3::2])
        if name not in made:
            assert play, f"there is no stage {stage}"
            folder = tmp_path_factory.mktemp(name)
            made[name] = play_on(opened_hall, called(opened_hall.origin, name), play, seal_folder, folder)
        return made[name]

    yield at
    with django_db_blocker.unblock():
        for opened in made.values():
            if opened is not opened_hall:
                opened.drop()


@pytest.fixture(scope="module")
def hall_database(
    request: pytest.FixtureRequest,
    hall_at: HallAt,
    seal_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Iterator[OpenedHall]:
    """Let the tests of one module work in a copy of the hall's database, at the stage that it names."""
    with django_db_blocker.unblock():
        opened = hall_at(getattr(request.module, "HALL_AT", ""))

        def tidy() -> None:
            if opened.strayed or opened.wanted:
                with django_db_blocker.unblock():
                    opened.strayed = False
                    opened.keep(seal_folder, tmp_path_factory.mktemp)

        request.session.stash[_TIDY] = tidy
        opened.renew()
        with connected_to(opened.name):
            yield opened
        del request.session.stash[_TIDY]
        opened.strayed = False
        drop_database(opened.server, opened.name)


NEVER_RECALLED = {"transactional_db", "live_server", "mail_server", "sms_provider"}
"""Tests with these commit, or have other ways to tell people than there were when the stages were played."""
_TIDY = pytest.StashKey[Callable[[], None]]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Between two tests, leave the database of a stage and play the stages that were asked for."""
    if tidy := item.session.stash.get(_TIDY, None):
        tidy()


@pytest.fixture
def hall(
    request: pytest.FixtureRequest,
    hall_database: OpenedHall,
    db: None,
    files_folder: Path,
    seals_folder: Path,
    trail_folder: Path,
) -> Iterator[Hall]:
    """The service hall with its people, open since January 2026."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits:
        hall_database.renew()
    opened = hall_database.enter(files_folder)
    if not commits and not NEVER_RECALLED & set(request.fixturenames):
        opened.recall = hall_database.recall
    yield opened
    for traveller in opened.travellers:
        traveller.stop()
