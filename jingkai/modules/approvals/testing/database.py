"""A database in which the service hall is already open, copied instead of filled anew for every test."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from jingkai.kernel.hooks.testing import connected_to, copy_database
from jingkai.modules.approvals.testing.hall import Hall, make_hall


@dataclass
class OpenedHall:
    """The hall as it was when it opened: its people as rows, its database to copy from, its files."""

    server: Any
    origin: str
    hall: Hall
    files: Path

    @property
    def name(self) -> str:
        """The database in which the tests of a module work."""
        return f"{self.origin}_copy"

    def renew(self) -> None:
        """Make the copy as fresh as on the first day."""
        copy_database(self.server, template=self.origin, name=self.name)

    def enter(self, folder: Path) -> Hall:
        """Give one test its own hall, with the files that stood there when it opened."""
        shutil.copytree(self.files, folder, dirs_exist_ok=True)
        hall = copy.deepcopy(self.hall)
        hall.cast.forget()
        return hall


def open_hall(server: Any, template: str, seals: Path, folder: Path) -> OpenedHall:
    """Fill a copy of the migrated template once, under the product's own role."""
    origin = f"{connection.settings_dict['NAME']}_hall"
    copy_database(server, template=template, name=origin)
    with _standing_in(origin, seals, folder):
        hall = make_hall()
    return OpenedHall(server, origin, hall, folder / "files")


def play_on(
    opened: OpenedHall, stage: str, play: Callable[[Hall], None], seals: Path, folder: Path
) -> OpenedHall:
    """Copy an opened hall and let something happen in the copy."""
    origin = f"{opened.origin}_{stage}"
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
