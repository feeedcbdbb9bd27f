"""Handing an application in through HTTP, beside a bare view that inserts as many rows, in one run.

The submission is the product's own: form mark, checks of completeness, number, case, tasks, access rows,
clock, trail, events and jobs. The bare view stands behind the same middleware (session, login, rights) and
does nothing but insert by the ORM, one row after the other, in one transaction.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection, models, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone

from benchmarks.measuring import percentile
from benchmarks.report import Goal, Table
from jingkai.kernel.permissions.api import Request, signed_in
from jingkai.modules.approvals.testing import Hall

ROUNDS = 20
LEAST = 0.5
"""The intake reaches at least this part of the bare view's speed."""


class BareRow(models.Model):
    """A row of the bare view: as wide as a usual one, with one index beside its key."""

    title = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)
    facts = models.JSONField(default=dict)

    class Meta:
        app_label = "engines"
        db_table = "bench_bare_row"
        managed = False

    def __str__(self) -> str:
        return self.title


TABLE_SQL = """
CREATE TABLE IF NOT EXISTS bench_bare_row
    (id bigserial PRIMARY KEY, title varchar(200) NOT NULL, at timestamptz NOT NULL, facts jsonb NOT NULL);
CREATE INDEX IF NOT EXISTS bench_bare_row_at ON bench_bare_row (at);
"""


@dataclass(slots=True)
class Timed:
    """What one of both took, round by round."""

    seconds: list[float]

    @property
    def rate(self) -> float:
        """How many a second, by the median round."""
        return 1 / median(self.seconds)


def measure_intake(hall: Hall, prepare: Callable[[str], None]) -> Table:
    """Hand in as many applications as there are rounds, each beside one call of the bare view.

    `prepare` runs a statement as the owner of the tables.
    """
    prepare(TABLE_SQL)
    client = Client(SERVER_NAME="localhost")
    hall.log_in(client, "handler")
    drafts = [hall.give_all(hall.draft(at=timezone.now()), at=timezone.now()) for _ in range(ROUNDS + 2)]
    inserts = _rows_of(lambda: _submit(client, drafts.pop()))
    ours, bare = Timed([]), Timed([])
    with override_settings(ROOT_URLCONF=__name__):
        _submit(client, drafts.pop())
        _insert(client, inserts)
        for draft in drafts:
            ours.seconds.append(_submit(client, draft))
            bare.seconds.append(_insert(client, inserts))
    return _table(ours, bare, inserts)


def _submit(client: Client, draft: Any) -> float:
    """Hand one application in, as its page does; only the sending is timed, not the page before it."""
    page = client.get(f"/my/{draft.uuid}/check/").content.decode()
    address = f"/my/{draft.uuid}/submit/"
    found = re.search(r'name="_once" value="([^"]+)"', page.split(f'action="{address}"', 1)[1])
    assert found is not None
    began = time.perf_counter()
    answer = client.post(address, {"_once": found[1]})
    took = time.perf_counter() - began
    if answer.status_code != 302:
        raise AssertionError(f"{address} answered {answer.status_code}")
    return took


def _insert(client: Client, rows: int) -> float:
    """Have the bare view insert so many rows."""
    began = time.perf_counter()
    answer = client.post("/bare/", {"rows": rows})
    took = time.perf_counter() - began
    if answer.status_code != 302:
        raise AssertionError(f"the bare view answered {answer.status_code}")
    return took


@signed_in
@transaction.atomic
def bare(request: Request) -> HttpResponse:
    """Insert as many rows as are asked for, and lead to the next page."""
    for number in range(int(request.POST["rows"])):
        facts = {"number": number, "by": request.actor.party_id}
        BareRow.objects.create(title=f"{request.path} {number}", at=request.at, facts=facts)
    return redirect("/")


urlpatterns = [path("bare/", bare), path("", include("jingkai.config.urls"))]


def _rows_of(act: Callable[[], Any]) -> int:
    """How many rows something inserts, counted by the database itself."""
    before = _inserted()
    act()
    return _inserted() - before


def _inserted() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT coalesce(sum(n_tup_ins), 0) FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0])


def _table(ours: Timed, bare: Timed, inserts: int) -> Table:
    part = median(b / a for a, b in zip(ours.seconds, bare.seconds, strict=True))
    table = Table(
        "Intake through HTTP beside a bare view of as many inserts",
        ("what", "rows inserted", "ms p50 / p99", "a second"),
    )
    for name, one in (("an application handed in", ours), ("bare view, one ORM insert a row", bare)):
        shown = f"{median(one.seconds) * 1000:.1f} / {percentile(one.seconds, 99) * 1000:.1f}"
        table.rows.append((name, str(inserts), shown, f"{one.rate:.1f}"))
    table.goals = [
        Goal(
            "intake through HTTP against a bare view of as many inserts",
            f"{part:.0%}",
            f"≥ {LEAST:.0%}",
            part >= LEAST,
        )
    ]
    table.note = (
        f"{ROUNDS} rounds in turns, one transaction each, Django's test client and one process. The intake's "
        "time holds session, rights, form mark, completeness, case, clock, access rows, trail, events, jobs."
    )
    return table
