"""A database in which the service hall is already open, copied instead of filled anew for every test.

Most tests begin with an ordinary matter at some stage. The stages are played once a session, one after the
other, in databases of their own. A test that has written nothing yet goes on in the database of the stage
that it asks for, inside its own transaction: what it does there is rolled back as ever.
"""

from __future__ import annotations

import copy
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from jingkai.kernel.hooks.testing import (
    called,
    connected_to,
    copy_database,
    drop_database,
    go_on_in,
    has_written,
)
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.testing.hall import Hall, make_hall
from jingkai.modules.approvals.testing.papers import DAYS, STAGES

MATTER = "an ordinary matter"


@dataclass
class OpenedHall:
    """The hall as it was when it opened: its people as rows, its database to copy from, its files."""

    server: Any
    origin: str
    hall: Hall
    files: Path
    kept: dict[str, OpenedHall] = field(default_factory=dict)
    """The same hall with an ordinary matter at a stage."""
    wanted: str = ""
    """The furthest stage that a test asked for and that is not kept yet."""
    strayed: bool = False
    """Whether the test that runs has gone on in the database of a stage."""

    def __post_init__(self) -> None:
        self._stored = pickle.dumps(self.hall)

    @property
    def name(self) -> str:
        """The database in which the tests of a module work."""
        return called(self.origin, "copy")

    def renew(self) -> None:
        """Make the copy as fresh as on the first day."""
        copy_database(self.server, template=self.origin, name=self.name)

    def enter(self, folder: Path) -> Hall:
        """Give one test its own hall, with the files that stood there when it opened."""
        shutil.copytree(self.files, folder, dirs_exist_ok=True)
        hall: Hall = pickle.loads(self._stored)
        hall.cast.forget()
        return hall

    def recall(self, stage: str) -> tuple[str, Application | None]:
        """Let the test go on where an ordinary matter stands at this stage or at the last one before it."""
        if self.strayed or has_written():
            return "", None
        if stage not in self.kept:
            self.wanted = max(self.wanted, stage, key=("", *STAGES).index)
        reached = [one for one in STAGES[: STAGES.index(stage) + 1] if one in self.kept]
        if not reached:
            return "", None
        kept = self.kept[reached[-1]]
        go_on_in(kept.origin)
        self.strayed = True
        shutil.copytree(kept.files, settings.FILES_FOLDER, dirs_exist_ok=True)
        return reached[-1], kept.hall.played[MATTER]

    def keep(self, seals: Path, make_folder: Callable[[str], Path]) -> None:
        """Play the stages that tests asked for."""
        before = self
        for stage in STAGES[: STAGES.index(self.wanted) + 1] if self.wanted else ():
            if stage not in self.kept:
                origin, folder = called(self.origin, stage), make_folder(stage)
                self.kept[stage] = play_on(before, origin, _step_to(stage), seals, folder)
            before = self.kept[stage]
        self.wanted = ""

    def drop(self) -> None:
        """Remove the databases."""
        for one in (*self.kept.values(), self):
            drop_database(one.server, one.origin)


def of_a_test(act: Callable[[Hall], None]) -> Callable[[Hall], None]:
    """An act whose effects are kept; what waits for the commit waits for ever, as in a test."""

    def play(hall: Hall) -> None:
        with transaction.atomic():
            act(hall)
            connection.run_on_commit.clear()

    return play


def _step_to(stage: str) -> Callable[[Hall], None]:
    """One step of an ordinary matter."""

    def step(hall: Hall) -> None:
        if stage == STAGES[0]:
            hall.played[MATTER] = hall.give_all(hall.draft())
        else:
            hall.step(hall.played[MATTER], stage, at=DAYS[stage])

    return of_a_test(step)


def open_hall(server: Any, template: str, seals: Path, folder: Path) -> OpenedHall:
    """Fill a copy of the migrated template once, under the product's own role."""
    origin = called(connection.settings_dict["NAME"], "hall")
    copy_database(server, template=template, name=origin)
    with _standing_in(origin, seals, folder):
        hall = make_hall()
    return OpenedHall(server, origin, hall, folder / "files")


def play_on(
    opened: OpenedHall, origin: str, play: Callable[[Hall], None], seals: Path, folder: Path
) -> OpenedHall:
    """Copy an opened hall and let something happen in the copy."""
    copy_database(opened.server, template=opened.origin, name=origin)
    shutil.copytree(opened.files, folder / "files", dirs_exist_ok=True)
    hall = copy.deepcopy(opened.hall)
    hall.cast.forget()
    with _standing_in(origin, seals, folder):
        play(hall)
    return OpenedHall(opened.server, origin, hall, folder / "files")


@contextmanager
def _standing_in(database: str, seals: Path, folder: Path) -> Iterator[None]:
    kept = {name: getattr(settings, name) for name in ("FILES_FOLDER", "SEALS_FOLDER", "HOME")}
    settings.FILES_FOLDER, settings.SEALS_FOLDER, settings.HOME = folder / "files", seals, folder
    try:
        with connected_to(database):
            yield
    finally:
        for name, value in kept.items():
            setattr(settings, name, value)
