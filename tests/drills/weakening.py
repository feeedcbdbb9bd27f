"""Every test again without the guards of things and fields that it asked: a plug-in of pytest.

    GUARDS_REPORT=build/guards.json python -m pytest -p tests.drills.weakening PATH…

A test that passed is run again, once for each guard that it asked and that no test has missed yet, with that
guard gone. Where it fails now, the guard is noticed. The report names how often each was taken away and which
test noticed it. With `GUARDS_NAMED=1` only those guards are taken away of which the walks say that a test
elsewhere notices them, each in the file that they name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.architecture import fields, objects
from tests.architecture.objects import Guard

MOST = 40
"""So often a guard is taken away; one that no test has missed by then is missed by none."""
NAMED = objects.ELSEWHERE | fields.ELSEWHERE
"""Guards that the walks leave to another test, and the files of those tests."""


@cache
def all_guards() -> tuple[tuple[Guard, frozenset[tuple[str, str]]], ...]:
    """Every guard of a thing or a field, with the functions that ask it."""
    things = ((guard, frozenset({guard.place})) for guard in objects.guards())
    return (*things, *((guard, frozenset(fields.places_of(guard))) for guard in fields.field_guards()))


@contextmanager
def watched(asked: set[tuple[str, str]]) -> Iterator[None]:
    """While it lasts, each function that guards something notes that it was called."""
    with objects.watched({guard.place for guard in objects.guards()}, asked), fields.watched_fields(asked):
        yield


def without(guard: Guard) -> AbstractContextManager[None]:
    """While it lasts, one guard is gone."""
    return objects.weakened(guard) if guard in objects.guards() else fields.without(guard)


def is_wanted(guard: Guard, test: str) -> bool:
    """Whether a guard is taken away in this test: each, or those that name the test or its file."""
    return not os.environ.get("GUARDS_NAMED") or test.startswith(NAMED.get(guard.name, "/"))


@dataclass
class Weakening:
    """What is known of each guard so far."""

    tried: dict[str, int] = field(default_factory=dict)
    noticed: dict[str, str] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> bool:
        """Run a test, then again without each guard that it asked."""
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        self.asked.clear()
        with watched(self.asked):
            reports = runtestprotocol(item, nextitem=item.parent, log=True)
        wanted = [
            guard
            for guard, places in all_guards()
            if places & self.asked and self._is_open(guard) and is_wanted(guard, item.nodeid)
        ]
        if wanted and all(report.passed for report in reports) and passes_again(item):
            for guard in wanted:
                self._again(item, guard)
        item.session._setupstate.teardown_exact(nextitem)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _is_open(self, guard: Guard) -> bool:
        return str(guard) not in self.noticed and self.tried.get(str(guard), 0) < MOST

    def _again(self, item: Any, guard: Guard) -> None:
        self.tried[str(guard)] = self.tried.get(str(guard), 0) + 1
        with without(guard):
            passed = passes_again(item)
        if not passed:
            self.noticed[str(guard)] = item.nodeid

    def pytest_sessionfinish(self) -> None:
        """Write down what was noticed by which test, and what by none."""
        found = {
            str(guard): {"tried": self.tried.get(str(guard), 0), "by": self.noticed.get(str(guard), "")}
            for guard, _places in all_guards()
        }
        path = Path(os.environ["GUARDS_REPORT"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def passes_again(item: Any) -> bool:
    """Run a test once more; without a change it must pass again, else it says nothing about a change."""
    item._initrequest()
    reports = runtestprotocol(item, nextitem=item.parent, log=False)
    return all(report.passed for report in reports)


def pytest_configure(config: pytest.Config) -> None:
    """Take part in the run."""
    config.pluginmanager.register(Weakening(), "weakening")
