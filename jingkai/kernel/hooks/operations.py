"""The registries, the only way in which a lower app learns of a higher one; and what all apps write with."""

from __future__ import annotations

import functools
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

from jingkai.kernel.hooks.data import (
    CaseTab,
    CockpitTile,
    DoctorCheck,
    FileReadCheck,
    MenuEntry,
    PeriodicJob,
    PersonFacingError,
    Section,
    Tally,
)
from jingkai.kernel.hooks.queries import prepared_cursor

T = TypeVar("T")
P = ParamSpec("P")


class AlreadyRegistered(Exception):
    """Two apps claim the same place: a fault of the program, found when it starts."""


class Registry(Generic[T]):
    """What apps registered under one name while starting, in order.

    Items with an `order` are sorted by it, the others stay as they came. Registering an equal item again
    changes nothing; another item with the same key is refused.
    """

    def __init__(self, name: str, *, key: Callable[[T], object] | None = None) -> None:
        self.name = name
        self._key: Callable[[T], object] = key or id
        self._items: dict[object, T] = {}
        self._sorted: tuple[T, ...] | None = None
        self.changes = 0
        """How often something was registered or taken away: whoever keeps what came of `all` looks here."""

    def _changed(self) -> None:
        self._sorted, self.changes = None, self.changes + 1

    def register(self, item: T) -> T:
        """Add an item and give it back, so that it also serves as a decorator."""
        key = self._key(item)
        if key in self._items and self._items[key] != item:
            raise AlreadyRegistered(f"{self.name}: {key!r} is registered twice")
        self._items[key] = item
        self._changed()
        return item

    def replace(self, old: T, new: T) -> T:
        """Put a changed item in the place of a registered one."""
        del self._items[self._key(old)]
        self._changed()
        return self.register(new)

    def all(self) -> tuple[T, ...]:
        """Give every item, sorted by its `order` where it has one."""
        if self._sorted is None:
            self._sorted = tuple(sorted(self._items.values(), key=lambda item: getattr(item, "order", 0)))
        return self._sorted

    def get(self, key: object) -> T | None:
        """Give the item registered under this key, if any."""
        return self._items.get(key)

    @contextmanager
    def including(self, *items: T) -> Iterator[None]:
        """Hold these items for the length of a block (for tests)."""
        keys = [self._key(item) for item in items]
        before = {key: self._items[key] for key in keys if key in self._items}
        try:
            for item in items:
                self.register(item)
            yield
        finally:
            for key in keys:
                self._items.pop(key, None)
            self._items.update(before)
            self._changed()

    @contextmanager
    def only(self, *items: T) -> Iterator[None]:
        """Hold nothing but these items for the length of a block (for tests)."""
        before, self._items = self._items, {}
        self._changed()
        try:
            for item in items:
                self.register(item)
            yield
        finally:
            self._items = before
            self._changed()


menu: Registry[MenuEntry] = Registry("menu", key=lambda entry: (entry.place, entry.url_name))
"""Links of the rail, the public header, the user menu and the footer."""

menu_counts: Registry[Callable[[Any], Mapping[str, int]]] = Registry("menu_counts")
"""Functions `(request) -> {url_name: number}`: the counts of several menu entries with one query."""

tallies: Registry[Tally] = Registry("tallies", key=lambda tally: tally.name)
"""Small numbers in the frame of every page, counted together."""

shell_parts: Registry[Callable[[Any], Mapping[str, Any]]] = Registry("shell_parts")
"""Functions `(request) -> {field of ui.data.Shell: value}`: the zone's name, the person's unit."""

case_tabs: Registry[CaseTab] = Registry("case_tabs", key=lambda tab: tab.key)
"""Tabs on the page of a case."""

cockpit_tiles: Registry[CockpitTile] = Registry("cockpit_tiles", key=lambda tile: tile.key)
"""Tiles on the leaders' board."""

public_sections: Registry[Section] = Registry("public_sections", key=lambda section: section.key)
"""Pieces of the public front page."""

account_sections: Registry[Section] = Registry("account_sections", key=lambda section: section.key)
"""Pieces of a person's own account page."""

doctor_checks: Registry[DoctorCheck] = Registry("doctor_checks", key=lambda check: check.name)
"""Questions of `jingkai doctor`."""

file_read_checks: Registry[FileReadCheck] = Registry("file_read_checks", key=lambda check: check.owner_kind)
"""Who may read the files of which kind of owner."""

periodic_jobs: Registry[PeriodicJob] = Registry("periodic_jobs", key=lambda job: job.name)
"""Jobs by the clock of the apps that stand below the job queue."""


def tallied(request: Any) -> Mapping[str, int]:
    """Count every tally for who looks at the page: one statement, once per request."""
    known: Mapping[str, int] | None = getattr(request, "tallied", None)
    if known is None:
        known = request.tallied = _count(request)
    return known


def _count(request: Any) -> Mapping[str, int]:
    asked = [(tally, values) for tally in tallies.all() if (values := tally.values(request)) is not None]
    if not asked:
        return {}
    statement = "SELECT " + ", ".join(f"({tally.sql})" for tally, _values in asked)
    with prepared_cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(statement, {name: value for _tally, values in asked for name, value in values.items()})
        numbers = cursor.fetchone()
    return {tally.name: number for (tally, _values), number in zip(asked, numbers, strict=True)}


def write_once(path: Path, content: bytes) -> bool:
    """Make a file of mode 0600, whole before it gets its name; of two makers the first wins.

    Tells whether it was this one. Whoever goes on with the content reads it from the file.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def in_words(code: int) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a command tell in words what stands in the way, and end with this exit code."""

    def telling(command: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(command)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                command(*args, **kwargs)
            except PersonFacingError as error:
                sys.stderr.write(f"jingkai: {error.sentence}\n{error.advice}\n")
                sys.exit(code)

        return run

    return telling
