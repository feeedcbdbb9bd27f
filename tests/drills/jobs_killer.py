"""A pytest plugin: while tests run, each kind of job is killed at each of its steps and taken up again.

`pytest -p tests.drills.jobs_killer --kills FILE TESTS`. A step is what cannot be taken back: before and after
each commit, after each statement outside transactions, after each call to a system outside, and at the end,
before the queue knows that the job is done. What the tests say of the effects must hold all the same.
"""

from __future__ import annotations

import contextlib
import json
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

MOST = 60
"""No job has so many steps: one that never ends is a fault."""
EACH = 2
"""So many jobs of each kind are killed in each test."""


CLAIMED = ("audit.check", "exchange.carry_out", "exchange.tell")
"""These claim their work for some minutes and then call outside or read for long: who takes over comes when
the claim has run out, not at once: here they run undisturbed. Tests of their own show it (`test_checks.py` of
the trail, `test_journal.py` and `test_webhooks.py` of the exchange).
"""


class Killed(BaseException):
    """The process ended here, without warning."""


class Killer:
    """Ends the job at hand at its next step that it has not been killed at before."""

    def __init__(self) -> None:
        self.armed, self.step, self.at, self.depth = False, 0, 0, 0
        self.kills: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()

    def come_to(self) -> None:
        """A step was done."""
        if not self.armed:
            return
        self.step += 1
        if self.step == self.at:
            self.armed = False
            raise Killed

    def run(self, name: str, go: Callable[[], Any]) -> Any:
        """Run a job until it comes through; the first ones of each kind are killed at every step."""
        from django.db import connection

        self.seen[name] += 1
        if self.seen[name] > EACH or self.armed or name in CLAIMED:
            return go()
        for self.at in range(1, MOST):
            self.armed, self.step, self.depth = True, 0, _depth(connection)
            try:
                found = go()
            except Killed:
                self.kills[name] += 1
                if not connection.in_atomic_block:
                    connection.close()
                continue
            finally:
                self.armed = False
            self.whole[name] += 1
            return found
        raise AssertionError(f"{name} never ends")


def _depth(connection: Any) -> int:
    return len(connection.savepoint_ids) + bool(connection.in_atomic_block)


KILLER = Killer()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the kills are written down."""
    parser.addoption("--kills", type=Path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Kill during each test's own body."""
    KILLER.seen.clear()
    with pytest.MonkeyPatch.context() as changed, contextlib.ExitStack() as stack:
        if item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()):
            arm(changed, stack)
        return (yield)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down which kind was killed how often, and came through afterwards."""
    told = {name: KILLER.kills[name] for name in KILLER.whole}
    session.config.getoption("--kills").write_text(json.dumps(told))


def arm(changed: pytest.MonkeyPatch, stack: contextlib.ExitStack) -> None:
    """Let jobs be killed at their steps until both contexts end."""
    from django.db import connection, connections

    from jingkai.kernel.events import jobs
    from jingkai.kernel.exchange.connectors import egress

    run, one, call = jobs._run_here, jobs._one, egress.call

    def here(job_id: int, name: str, arguments: dict[str, Any], attempts: int) -> Any:
        return KILLER.run(name, lambda: run(job_id, name, dict(arguments), attempts))

    def ended(statement: str, values: Any = None) -> Any:
        if "finish_job" in statement:
            KILLER.come_to()
        return one(statement, values)

    def called(*given: Any, **named: Any) -> Any:
        answer = call(*given, **named)
        KILLER.come_to()
        return answer

    changed.setattr(jobs, "_run_here", here)
    changed.setattr(jobs, "_one", ended)
    changed.setattr(jobs, "transaction", types.SimpleNamespace(atomic=contextlib.nullcontext))
    changed.setattr(egress, "call", called)
    _watch_commits(changed, type(connections["default"]))
    stack.enter_context(connection.execute_wrapper(_after_statement))


def _watch_commits(changed: pytest.MonkeyPatch, backend: type[Any]) -> None:
    commit, release = backend.commit, backend.savepoint_commit

    def committed(self: Any) -> None:
        try:
            KILLER.come_to()
        except Killed:
            self.rollback()  # as the server does when the process that spoke to it is gone
            raise
        commit(self)
        KILLER.come_to()

    def released(self: Any, sid: str) -> None:
        if _depth(self) != KILLER.depth:  # a part of a larger transaction of the job
            release(self, sid)
            return
        try:
            KILLER.come_to()
        except Killed:
            self.savepoint_rollback(sid)
            raise
        release(self, sid)
        KILLER.come_to()

    changed.setattr(backend, "commit", committed)
    changed.setattr(backend, "savepoint_commit", released)


def _after_statement(execute: Any, statement: Any, values: Any, many: bool, context: dict[str, Any]) -> Any:
    found = execute(statement, values, many, context)
    writes = str(statement).lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    if writes and _depth(context["connection"]) == KILLER.depth:
        KILLER.come_to()
    return found
