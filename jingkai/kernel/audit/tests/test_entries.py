"""Recording: places in the chain, few questions, parallel writers, and a database that refuses changes."""

from __future__ import annotations

import contextlib
import itertools
import threading
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from jingkai.kernel.audit.api import Draft, entries_of, mark, record, record_many, together
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.rules.chain import FIRST, canonical, fingerprint, plain
from jingkai.kernel.permissions.data import Actor

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
CASE = ("cases.case", 41)


@pytest.mark.django_db
def test_record_links_each_entry_to_the_one_before():
    record(CASE, action="case.opened", by=CLERK, at=AT, facts={"item": 5})
    record(CASE, action="case.accepted", by=CLERK, at=AT, for_=9)
    first, second = entries_of(CASE)
    assert (first.sequence, first.previous_hash) == (1, FIRST)
    assert (second.sequence, second.previous_hash, second.for_id) == (2, first.hash, 9)
    assert all(fingerprint(entry) == entry.hash for entry in entries_of(CASE))


@pytest.mark.django_db
def test_record_asks_the_database_twice_at_most():
    with CaptureQueriesContext(
        connection,
    ) as asked:
        record(CASE, action="case.opened", by=CLERK, at=AT)
    assert len(asked) <= 2


@pytest.mark.django_db
def test_record_many_asks_twice_for_any_number_of_streams():
    drafts = [Draft(("cases.case", number % 7), "case.opened", CLERK, AT) for number in range(50)]
    with CaptureQueriesContext(connection) as asked:
        entries = record_many(drafts)
    assert len(asked) == 2
    assert [entry.sequence for entry in entries if entry.stream_id == 3] == [1, 2, 3, 4, 5, 6, 7]
    assert all(entry.pk for entry in entries)


@pytest.mark.django_db
def test_names_stand_in_the_trail_only_as_salted_hashes():
    record(CASE, action="case.opened", by=CLERK, at=AT, facts={"phone": mark("13800000000")})
    entry = entries_of(CASE)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM audit_trailentry e WHERE id = %s", [entry.pk])
        written = cursor.fetchone()[0]
    assert "王芳" not in written
    assert "13800000000" not in written
    assert entry.actor_mark == mark("王芳") != mark("王方")


@pytest.mark.django_db
def test_an_unsaved_thing_and_a_time_without_zone_are_refused():
    with pytest.raises(ValueError, match="saved"):
        record(TrailEntry(), action="x.y", by=CLERK, at=AT)
    with pytest.raises(ValueError, match="zone"):
        record(CASE, action="x.y", by=CLERK, at=datetime(2026, 1, 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_trailentry SET action = 'x'",
        "DELETE FROM audit_trailentry",
        "TRUNCATE audit_trailentry",
        "UPDATE audit_checkpoint SET entries = 0",
    ],
)
def test_the_products_role_can_only_insert_and_read(statement):
    record(CASE, action="case.opened", by=CLERK, at=AT)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_trailentry SET action = 'x'", "DELETE FROM audit_trailentry", "TRUNCATE audit_trailentry"],
)
def test_even_the_owner_meets_the_guard(statement, database_server):
    with (
        database_server.connect(connection.settings_dict["NAME"]) as owner,
        pytest.raises(Exception, match="append-only"),
    ):
        owner.execute(statement)


def _in_threads(count, work):
    faults = []

    def run(number):
        try:
            work(number)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults


@pytest.mark.django_db(transaction=True)
def test_parallel_writers_of_one_stream_get_one_unbroken_chain():
    def write(number):
        for turn in range(5):
            record(CASE, action=f"case.step_{number}_{turn}", by=CLERK, at=AT)

    _in_threads(10, write)
    entries = list(entries_of(CASE))
    assert [entry.sequence for entry in entries] == list(range(1, 51))
    assert all(later.previous_hash == former.hash for former, later in itertools.pairwise(entries))


@pytest.mark.django_db(transaction=True)
def test_writers_of_different_streams_do_not_wait_for_each_other():
    inside = threading.Barrier(2, timeout=10)

    def write(number):
        with transaction.atomic():
            record(("cases.case", number), action="case.opened", by=CLERK, at=AT)
            inside.wait()  # both hold their stream's lock at the same time, or this times out

    _in_threads(2, write)
    assert TrailEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_second_writer_of_the_same_stream_waits_for_the_first():
    record(CASE, action="case.opened", by=CLERK, at=AT)
    first_in, release = threading.Event(), threading.Event()

    def write(number):
        with transaction.atomic():
            if number == 1:
                first_in.wait(10)
            record(CASE, action=f"case.step_{number}", by=CLERK, at=AT)
            if number == 0:
                first_in.set()
                release.wait(0.5)

    _in_threads(2, write)
    assert [entry.action for entry in entries_of(CASE)] == ["case.opened", "case.step_0", "case.step_1"]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_no_entry_and_no_gap():
    record(CASE, action="case.opened", by=CLERK, at=AT)
    with transaction.atomic():
        record(CASE, action="case.accepted", by=CLERK, at=AT)
        transaction.set_rollback(True)
    record(CASE, action="case.refused", by=CLERK, at=AT)
    assert [entry.sequence for entry in entries_of(CASE)] == [1, 2]


@pytest.mark.django_db
def test_what_is_written_together_stands_in_its_order_and_asks_twice():
    with CaptureQueriesContext(connection) as asked, together():
        record(CASE, action="case.opened", by=CLERK, at=AT)
        record(("clock.clock", 3), action="clock.started", by=CLERK, at=AT)
        with together():
            record(CASE, action="case.accepted", by=CLERK, at=AT)
    assert len(asked) == 2
    assert [(one.sequence, one.action) for one in entries_of(CASE)] == [
        (1, "case.opened"),
        (2, "case.accepted"),
    ]
    assert all(fingerprint(entry) == entry.hash for entry in entries_of(CASE))


@pytest.mark.django_db
def test_with_a_fault_nothing_of_a_block_is_written_and_the_next_entry_is_its_own():
    with contextlib.suppress(LookupError), together():
        record(CASE, action="case.opened", by=CLERK, at=AT)
        raise LookupError
    record(CASE, action="case.refused", by=CLERK, at=AT)
    assert [entry.action for entry in entries_of(CASE)] == ["case.refused"]


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.dates() | st.uuids(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.django_db
@given(facts=st.dictionaries(st.text(max_size=20), json_like, max_size=5))
def test_any_facts_survive_the_round_trip_through_the_database(facts):
    with transaction.atomic():
        record(("audit.test", 1), action="audit.tested", by=CLERK, at=AT, facts=facts)
        entry = TrailEntry.objects.get(stream_kind="audit.test")
        assert fingerprint(entry) == entry.hash
        transaction.set_rollback(True)


def test_plain_writes_days_moments_and_ids_as_text():
    given = {"on": date(2026, 1, 2), "at": AT, "id": UUID(int=1), "many": {2, 1}, "share": 0.5, 3: None}
    assert plain(given) == {
        "on": "2026-01-02",
        "at": "2026-11-20T09:30:00+00:00",
        "id": "00000000-0000-0000-0000-000000000001",
        "many": [1, 2],
        "share": "0.5",
        "3": None,
    }
    assert canonical({"b": 1, "a": "王"}) == '{"a":"王","b":1}'.encode()
