"""What must always be so of matters, whatever people did to them: asked after every step of the machine."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, invariant

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import TaskKind
from jingkai.casework.cases.models import Case, CaseAccess, Reading, Task, Timer
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.clock.rules.projection import days_between
from jingkai.casework.inbox.rules import may_read_case
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.calendar.api import get_calendar
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor
from jingkai.records.numbering.models import IssuedNumber

FLOWS = {
    "machine-line": """
        start > a > b > gate[outcome == 'object'] > a
        gate[] > sign > end
        process: resubmit=true
        a: pool=approval outcomes=agree,object batch=true
        b: pool=fire outcomes=agree,object clock=fire
        sign: pool=role:signer outcomes=agree
    """,
    "machine-fork": """
        start > a > fork > b > join > c > end
        fork > m > join
        late_b > note > end_note
        late_b: on=b timer=2d side=true
        process: resubmit=true
        a: pool=approval outcomes=agree,object batch=true
        b: pool=fire outcomes=agree,object clock=fire
        m: each=fire,quality,airdefence outcomes=agree,object pass=2/3
        note: pool=quality outcomes=done
        c: pool=starter outcomes=agree,object batch=true
    """,
}
PEOPLE = (
    "clerk",
    "clerk_2",
    "officer_fire",
    "officer_fire_2",
    "head_fire",
    "officer_quality",
    "officer_airdefence",
    "deputy_director",
    "leader",
    "system_admin",
    "handler",
    "stranger",
)
TABLES = (
    "cases_case",
    "cases_task",
    "cases_opinion",
    "cases_caseaccess",
    "cases_caseclock",
    "cases_timer",
    "cases_reading",
    "cases_urge",
    "clock_clock",
    "clock_ledgerentry",
    "numbering_issuednumber",
    "organisation_delegation",
    "audit_trailentry",
    "procrastinate_jobs",
)
SERIES = "machine"


class Standing(RuleBasedStateMachine):
    """The invariants; `at` is the moment up to which the machine has come."""

    at: datetime
    cast: Cast

    def actor(self, name: str) -> Actor:
        """Somebody as they stand today, delegations included."""
        return actor_for_person(self.cast.person(name).pk, timezone.localdate(self.at))

    @invariant()
    def rows_follow_from_the_trail(self) -> None:
        """Every matter can be written again from its trail."""
        for pk in Case.objects.values_list("pk", flat=True):
            found = cases.differences(pk)
            assert not found, found

    @invariant()
    def every_open_task_is_on_somebody_once(self) -> None:
        """An open matter stands somewhere, a closed one nowhere; no place is twice on the same hands."""
        for case in Case.objects.all():
            rows = list(Task.objects.filter(case=case, state="open"))
            assert bool(rows) == (case.state == "open"), case.state
            assert (case.closed_at is None) == (case.state == "open")
            places = Counter((row.node_id, row.scope, row.group, row.added, row.assignee_id) for row in rows)
            assert set(places.values()) <= {1}, places
            for row in rows:
                assert row.kind != TaskKind.WORK or row.assignee_id or row.pool_id, "on nobody"
                assert row.closed_at is None
                assert row.owner_id is None or row.owner_id != row.assignee_id
        done = Task.objects.filter(state="done", kind=TaskKind.WORK)
        assert not done.filter(Q(closed_by=None) | Q(closed_at=None) | Q(outcome="")).exists()

    @invariant()
    def whoever_had_a_part_sees_it_and_nobody_else(self) -> None:
        """Access rows name everybody on whom something fell, and only parties that the matter names."""
        for case in Case.objects.all():
            seen = set(CaseAccess.objects.filter(case=case).values_list("grantee_id", flat=True))
            tasks = Task.objects.filter(case=case)
            columns = ("assignee_id", "pool_id", "owner_id", "closed_by_id", "added_by_id")
            named = {pk for row in tasks.values_list(*columns) for pk in row if pk}
            readers = set(Reading.objects.filter(case=case).values_list("reader_id", flat=True))
            for state, assignee, pool in tasks.values_list("state", "assignee_id", "pool_id"):
                hands = {assignee, pool} - {None}
                assert hands & seen, "whoever did it sees it, at the least as one of the pool"
                assert hands <= seen or state != "open", (hands, seen)
            assert readers | {case.starter_id} - {None} <= seen, (readers, case.starter_id, seen)
            for name in PEOPLE:
                actor = self.actor(name)
                assert may_read_case(actor, case) == bool(seen & set(actor.grantees))
            self.outsiders(case, seen - named - readers)

    def outsiders(self, case: Case, others: set[int]) -> None:
        """Besides the parts of it only the starter, the zone, and holders before a transfer see a matter."""
        told = {
            value
            for entry in entries_of(case)
            for value in (*flat(entry.facts), entry.actor_id, entry.for_id)
        }
        zone = set(Party.objects.filter(kind=PartyKind.ZONE).values_list("pk", flat=True))
        strange = others - told - zone - {case.starter_id, case.applicant_id}
        assert not strange, f"who are {strange}?"

    @invariant()
    def clocks_add_up(self) -> None:
        """The ledger has no gap; the days that count up to the due day are the limit and its extensions."""
        calendar = get_calendar()
        for row in Clock.objects.all():
            lines = list(LedgerEntry.objects.filter(clock=row).order_by("sequence"))
            assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
            assert lines[-1].due_after == row.due_on
            more = sum(line.days or 0 for line in lines if line.kind == "extend")
            counted = days_between(row.limit_value, row.started_on, row.due_on, calendar, row.excluded_spans)
            assert counted == row.limit_value.amount + more, (counted, more, row.excluded)
            assert (row.state == "suspended") == (row.suspended_since is not None)

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        """Each matter has the next number, and none was used up by one that did not begin."""
        numbers = list(
            IssuedNumber.objects.filter(series=SERIES).order_by("pk").values_list("sequence", flat=True)
        )
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == Case.objects.count()


def flat(value: Any) -> list[Any]:
    """Every number that stands somewhere in the facts of an entry."""
    if isinstance(value, dict):
        return [one for part in value.values() for one in flat(part)]
    if isinstance(value, list):
        return [one for part in value for one in flat(part)]
    return [value]


def due_timer(until: datetime) -> Timer | None:
    """The next timer that goes off by then."""
    rows = Timer.objects.filter(due_at__lte=until, fired_at=None, lapsed_at=None, task__state="open")
    return rows.order_by("due_at", "pk").first()


def fingerprint() -> dict[str, tuple[int, str]]:
    """What stands in the tables, as one mark for each."""
    with connection.cursor() as cursor:
        return {table: _mark(cursor, table) for table in TABLES}


def _mark(cursor: Any, table: str) -> tuple[int, str]:
    cursor.execute(
        f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t.id), '')) FROM {table} t"
    )
    found: tuple[int, str] = cursor.fetchone()
    return found
