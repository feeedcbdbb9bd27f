"""Every kind of job, killed at each of its steps and taken up again, has its effects once.

A step is what cannot be taken back: before and after each commit, after each call to a system outside. The
same story is played twice, undisturbed and with kills; what stands in the database afterwards is the same.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import jobs, operations
from jingkai.kernel.events.api import enqueue, run_jobs
from jingkai.kernel.exchange.connectors import egress
from jingkai.modules.approvals.testing import Hall
from jingkai.records.numbering import api as numbering

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 40
"""No job has so many steps: one that never ends is a fault."""
UNTOLD = {
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
    "procrastinate_periodic_defers",
    "events_failure",
    "audit_checkpoint",
}
"""What notes how often something was tried."""
_found: dict[bool, dict[str, int]] = {}


class Killed(BaseException):
    """The process ended here, without warning."""


class Killer:
    """Ends the job at hand at its next step that it has not been killed at before."""

    def __init__(self) -> None:
        self.armed, self.step, self.at = False, 0, 0
        self.kills: dict[str, int] = {}
        self.whole: set[str] = set()

    def come_to(self) -> None:
        """A step was done."""
        if not self.armed:
            return
        self.step += 1
        if self.step == self.at:
            self.armed = False
            raise Killed

    def run(self, name: str, go: Any) -> Any:
        """Run a job until it comes through; the first of each kind is killed at every step."""
        if name in self.whole:
            return go()
        for self.at in range(1, MOST):
            self.armed, self.step = True, 0
            try:
                found = go()
            except Killed:
                self.kills[name] = self.kills.get(name, 0) + 1
                connection.close()
                continue
            finally:
                self.armed = False
            self.whole.add(name)
            return found
        raise AssertionError(f"{name} never ends")


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Killer:
    """Kills every kind of job."""
    made = Killer()
    run, call = jobs._run_here, egress.call

    def here(job_id: int, name: str, arguments: dict[str, Any], attempts: int) -> Any:
        return made.run(name, lambda: run(job_id, name, dict(arguments), attempts))

    def called(*given: Any, **named: Any) -> Any:
        answer = call(*given, **named)
        made.come_to()
        return answer

    commit = type(connections["default"]).commit

    def committed(self: Any) -> None:
        try:
            made.come_to()
        except Killed:
            self.rollback()  # as the server does when the process that spoke to it is gone
            raise
        commit(self)
        made.come_to()

    monkeypatch.setattr(jobs, "_run_here", here)
    monkeypatch.setattr(egress, "call", called)
    monkeypatch.setattr(type(connections["default"]), "commit", committed)
    return made


@pytest.mark.parametrize("with_kills", [False, True])
def test_the_same_story_with_kills_ends_the_same(hall: Hall, with_kills: bool, request: Any) -> None:
    """An approval from the draft to the seal, every event on its way, then all that is done by the hour."""
    killer = request.getfixturevalue("killer") if with_kills else None
    hall.travel("2026-03-09 09:30")
    run_jobs()
    hall.bring_to("sealed", draft="2026-02-02 09:10")
    run_jobs()
    for item in operations.all_work():
        if item.cron:
            enqueue(item.name)
    run_jobs()
    assert audit.verify().intact
    assert not list(numbering.find_gaps())
    _found[with_kills] = rows()
    if killer is not None:
        print(f"\n{sum(killer.kills.values())} kills in {len(killer.kills)} kinds of {len(killer.whole)}")  # noqa: T201
        assert killer.whole >= {item.name for item in operations.all_work() if item.cron}
        assert sum(killer.kills.values()) > 2 * len(killer.kills)
    if len(_found) == 2:
        assert {name: (count, _found[True][name]) for name, count in _found[False].items()} == {
            name: (count, count) for name, count in _found[False].items()
        }


def rows() -> dict[str, int]:
    """How many rows each table has."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if model._meta.managed and table not in UNTOLD:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found[table] = cursor.fetchone()[0]
    return found
