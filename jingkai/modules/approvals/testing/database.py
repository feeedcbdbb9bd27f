"""A database in which the service hall is already open, copied instead of filled anew for every test."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from psycopg import sql

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
    kept = {name: getattr(settings, name) for name in ("FILES_FOLDER", "SEALS_FOLDER", "HOME")}
    settings.FILES_FOLDER, settings.SEALS_FOLDER, settings.HOME = folder / "files", seals, folder
    try:
        with connected_to(origin):
            hall = make_hall()
    finally:
        for name, value in kept.items():
            setattr(settings, name, value)
    return OpenedHall(server, origin, hall, folder / "files")


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Work in another database of the same server for the length of a block."""
    before = connection.settings_dict["NAME"]
    try:
        _point_to(name)
        yield
    finally:
        _point_to(before)


def _point_to(name: object) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def copy_database(server: Any, *, template: str, name: str) -> None:
    """Replace a database by a copy of another; whoever is connected to it is cut off."""
    connections.close_all()
    with server.connect() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop_database(server: Any, name: str) -> None:
    """Remove a database that is no longer needed."""
    connections.close_all()
    with server.connect() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
