"""Every way to tamper, done as the database's superuser with the guards off, and the entry that is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from jingkai.kernel.audit.api import (
    Draft,
    entries_of,
    is_sound,
    record,
    record_many,
    verify,
    write_checkpoints,
)
from jingkai.kernel.audit.models import Checkpoint, TrailEntry
from jingkai.kernel.audit.queries import journal
from jingkai.kernel.audit.rules.chain import fingerprint
from jingkai.kernel.permissions.data import Actor

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
CASE = ("cases.case", 41)
OTHER = ("cases.case", 42)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trail(trail_folder, transactional_db):
    """Two streams of six and three entries, signed in two checkpoints, and one unsigned entry after them."""
    for number in range(1, 7):
        record(CASE, action=f"case.step_{number}", by=CLERK, at=AT + timedelta(minutes=number))
        if number == 4:
            write_checkpoints(at=AT)
    record_many([Draft(OTHER, f"case.step_{number}", CLERK, AT) for number in (1, 2, 3)])
    write_checkpoints(at=AT)
    record(OTHER, action="case.step_4", by=CLERK, at=AT)
    return trail_folder


def row(number, stream=CASE):
    return entries_of(stream).get(sequence=number)


def faults(**options):
    return [(fault.kind, fault.stream, fault.sequence) for fault in verify(**options).faults]


def test_an_untouched_trail_is_intact_and_counted(trail):
    found = verify()
    assert (found.intact, found.entries, found.streams, found.checkpoints) == (True, 10, 2, 2)
    assert found.after_checkpoint == 1


def test_an_empty_trail_is_intact(trail_folder):
    assert verify().intact


@pytest.mark.parametrize(
    "change",
    [
        "action = 'case.approved'",
        "facts = '{\"sum\": 1}'",
        "actor_id = 8",
        "at = at - interval '1 day'",
        "for_id = 3",
        "result = 'x'",
        "ip = '10.0.0.1'",
        "user_id = NULL",
        "hash = repeat('a', 64)",
    ],
)
def test_an_edited_entry_is_named(trail, tamper, change):
    victim = row(3)
    tamper(f"UPDATE audit_trailentry SET {change} WHERE id = %s", [victim.pk])
    fault = verify().faults[0]
    assert (fault.kind, fault.stream, fault.sequence, fault.entry_id) == ("edited", CASE, 3, victim.pk)
    assert fault.action in {"case.step_3", "case.approved"}
    assert f"cases.case:41 #3 (id {victim.pk}" in fault.line()


def test_an_edited_entry_after_the_last_checkpoint_is_named(trail, tamper):
    tamper("UPDATE audit_trailentry SET action = 'x' WHERE id = %s", [row(4, OTHER).pk])
    assert faults() == [("edited", OTHER, 4)]


def _rehash_from(tamper, number, **change):
    """Edit an entry and recompute the whole chain after it, as somebody who has read this program would."""
    previous = row(number).previous_hash
    for entry in list(entries_of(CASE).filter(sequence__gte=number)):
        if entry.sequence == number:
            for name, value in change.items():
                setattr(entry, name, value)
        entry.previous_hash, entry.hash = previous, ""
        previous = entry.hash = fingerprint(entry)
        tamper(
            "UPDATE audit_trailentry SET action = %s, previous_hash = %s, hash = %s WHERE id = %s",
            [entry.action, entry.previous_hash, entry.hash, entry.pk],
        )


def test_a_recomputed_chain_is_betrayed_by_the_next_checkpoint(trail, tamper):
    _rehash_from(tamper, 3, action="case.forged")
    fault = verify().faults[0]
    assert (fault.kind, fault.stream, fault.sequence) == ("rewritten", CASE, 4)
    assert "one of 1 to 4" in fault.detail


def test_one_entry_edited_with_a_fitting_hash_is_named_by_the_next_one(trail, tamper):
    entry = row(2)
    entry.action = "case.forged"
    tamper(
        "UPDATE audit_trailentry SET action = %s, hash = %s WHERE id = %s",
        [entry.action, fingerprint(entry), entry.pk],
    )
    assert faults() == [("rewritten", CASE, 2)]


def test_a_deleted_entry_is_named(trail, tamper):
    tamper("DELETE FROM audit_trailentry WHERE id = %s", [row(3).pk])
    assert faults() == [("deleted", CASE, 3)]


def test_a_deleted_entry_that_a_checkpoint_signed_is_named_with_its_action(trail, tamper):
    victim = row(4)
    tamper("DELETE FROM audit_trailentry WHERE id = %s", [victim.pk])
    fault = verify().faults[0]
    assert (fault.kind, fault.sequence, fault.entry_id, fault.action) == (
        "deleted",
        4,
        victim.pk,
        "case.step_4",
    )


def test_the_first_entry_deleted_is_named(trail, tamper):
    tamper("DELETE FROM audit_trailentry WHERE id = %s", [row(1).pk])
    assert faults() == [("deleted", CASE, 1)]


def test_a_deletion_closed_up_by_renumbering_is_seen(trail, tamper):
    tamper("DELETE FROM audit_trailentry WHERE id = %s", [row(3).pk])
    for number in (4, 5, 6):
        tamper("UPDATE audit_trailentry SET sequence = sequence - 1 WHERE id = %s", [row(number).pk])
    assert faults() == [("deleted", CASE, 3)]


def test_two_entries_that_changed_places_are_named(trail, tamper):
    third, fourth = row(3).pk, row(4).pk
    tamper("UPDATE audit_trailentry SET sequence = 99 WHERE id = %s", [third])
    tamper("UPDATE audit_trailentry SET sequence = 3 WHERE id = %s", [fourth])
    tamper("UPDATE audit_trailentry SET sequence = 4 WHERE id = %s", [third])
    found = verify()
    assert [(f.kind, f.sequence, f.entry_id) for f in found.faults] == [
        ("reordered", 3, fourth),
        ("reordered", 4, third),
    ]


def _insert(tamper, place, *, previous):
    """Put an entry with a fitting hash into the chain."""
    entry = TrailEntry(
        stream_kind=CASE[0],
        stream_id=CASE[1],
        sequence=place,
        at=AT,
        actor_id=7,
        actor_kind="staff",
        actor_mark="",
        user_id=3,
        action="case.forged",
        facts={},
        result="done",
        previous_hash=previous,
    )
    entry.hash = fingerprint(entry)
    fields = [field for field in TrailEntry._meta.concrete_fields if field.name != "id"]
    columns = ", ".join(field.column for field in fields)
    values = [json.dumps(entry.facts) if f.name == "facts" else getattr(entry, f.attname) for f in fields]
    marks = ", ".join(["%s"] * len(fields))
    tamper(f"INSERT INTO audit_trailentry ({columns}) VALUES ({marks})", values)


def test_an_inserted_entry_is_named(trail, tamper):
    for number in (6, 5, 4, 3):
        tamper("UPDATE audit_trailentry SET sequence = sequence + 1 WHERE id = %s", [row(number).pk])
    _insert(tamper, 3, previous=row(2).hash)
    fault = next(fault for fault in verify().faults if fault.kind == "inserted")
    assert (fault.stream, fault.sequence, fault.action) == (CASE, 3, "case.forged")


def test_an_entry_exchanged_for_a_fitting_one_is_named(trail, tamper):
    tamper("DELETE FROM audit_trailentry WHERE id = %s", [row(3).pk])
    _insert(tamper, 3, previous=row(2).hash)
    assert faults() == [("rewritten", CASE, 3)]


def test_an_end_cut_off_before_the_last_checkpoint_is_named(trail, tamper):
    victims = [row(5).pk, row(6).pk]
    tamper("DELETE FROM audit_trailentry WHERE id = ANY(%s)", [victims])
    fault = verify().faults[0]
    assert (fault.kind, fault.stream, fault.sequence) == ("cut_off", CASE, 6)
    assert (fault.entry_id, fault.action) == (victims[1], "case.step_6")
    assert "entries 5 to 6" in fault.detail


def test_an_end_cut_off_back_to_an_earlier_checkpoint_is_named(trail, tamper):
    tamper("DELETE FROM audit_trailentry WHERE stream_id = 41 AND sequence > 2")
    assert faults() == [("cut_off", CASE, 6)]


@pytest.mark.parametrize("stream", [CASE, OTHER])
def test_a_stream_that_is_wholly_gone_is_named(trail, tamper, stream):
    tamper("DELETE FROM audit_trailentry WHERE stream_id = %s", [stream[1]])
    assert faults() == [("stream_removed", stream, 6 if stream == CASE else 3)]


def test_everything_gone_is_seen(trail, tamper):
    tamper("TRUNCATE audit_trailentry")
    assert faults() == [("stream_removed", CASE, 6), ("stream_removed", OTHER, 3)]


def test_an_entry_moved_to_another_stream_is_named(trail, tamper):
    victim = row(6)
    tamper("UPDATE audit_trailentry SET stream_id = 43, sequence = 1 WHERE id = %s", [victim.pk])
    assert faults() == [("cut_off", CASE, 6), ("edited", ("cases.case", 43), 1)]


def test_one_stream_can_be_verified_alone(trail, tamper):
    tamper("DELETE FROM audit_trailentry WHERE id = %s", [row(3).pk])
    assert verify(stream=OTHER).intact
    assert (verify(stream=OTHER).entries, verify(stream=OTHER).streams) == (4, 1)
    assert faults(stream=CASE) == [("deleted", CASE, 3)]


def test_an_entry_deleted_before_its_checkpoint_is_missed_by_it(trail, tamper):
    tamper("DELETE FROM audit_trailentry WHERE stream_id = 42 AND sequence = 4")
    write_checkpoints(at=AT)
    assert faults() == [("cut_off", OTHER, 4)]


def _file(trail):
    return journal.files(trail / "checkpoints")[0]


def test_an_edited_checkpoint_is_named(trail):
    path = _file(trail)
    path.write_bytes(path.read_bytes().replace(b"case.step_4", b"case.step_9", 1))
    assert ("checkpoint_altered", 1) in [(fault.kind, fault.checkpoint) for fault in verify().faults]


def test_a_checkpoint_rehashed_without_the_key_is_named(trail):
    path = _file(trail)
    first, second = path.read_bytes().splitlines()
    record_ = journal.parse(second)
    forged = json.loads(second) | {"heads": [], "entries": 4}
    body = {key: forged[key] for key in record_.body()}
    from jingkai.kernel.audit.rules.chain import canonical, digest

    forged["hash"] = digest(body)
    path.write_bytes(first + b"\n" + canonical(forged) + b"\n")
    assert ("signature_invalid", 2) in [(fault.kind, fault.checkpoint) for fault in verify().faults]


def test_a_checkpoint_cut_from_its_file_is_missed_by_the_database(trail):
    path = _file(trail)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert [(fault.kind, fault.checkpoint) for fault in verify().faults] == [("checkpoint_missing", 2)]


def test_a_lost_checkpoint_file_is_named_and_the_count_goes_on(trail):
    _file(trail).unlink()
    assert ("checkpoint_missing", 1) in [(fault.kind, fault.checkpoint) for fault in verify().faults]
    write_checkpoints(at=AT)
    assert Checkpoint.objects.latest("number").number == 3
    assert ("checkpoint_missing", 1) in [(fault.kind, fault.checkpoint) for fault in verify().faults]


def test_a_first_checkpoint_taken_out_is_named(trail):
    path = _file(trail)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[1])
    assert ("checkpoint_missing", 1) in [(fault.kind, fault.checkpoint) for fault in verify().faults]


def test_a_key_put_in_its_place_is_refused(trail):
    key = next((trail / "keys").glob("trail-*.pub"))
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from jingkai.kernel.audit.rules import signer

    signer._public_key.cache_clear()
    pem = (
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    key.write_bytes(pem)
    assert {fault.kind for fault in verify().faults} == {"signature_invalid", "checkpoint_missing"}


def test_a_pinned_key_must_have_signed(trail):
    signed_by = Checkpoint.objects.latest("number").key
    assert verify(key=signed_by).intact
    assert "signature_invalid" in {fault.kind for fault in verify(key="0" * 32).faults}


def test_a_copy_is_written_and_compared(trail, settings, tmp_path):
    settings.CHECKPOINTS_COPY_FOLDER = tmp_path / "copy"
    write_checkpoints(at=AT)
    copy = journal.files(tmp_path / "copy")[0]
    assert copy.read_bytes() == _file(trail).read_bytes()
    assert verify().intact
    _file(trail).write_bytes(b"".join(_file(trail).read_bytes().splitlines(keepends=True)[:1]))
    assert "differs from its copy" in verify().faults[0].detail


def test_memory_stays_the_same_for_many_streams(trail_folder):
    import tracemalloc

    def peak():
        tracemalloc.start()
        assert verify().intact
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    record_many([Draft(("cases.case", number), "case.opened", CLERK, AT) for number in range(1500)])
    write_checkpoints(at=AT)
    few = peak()
    for start in range(1500, 4500, 1500):
        record_many([Draft(("cases.case", start + n), "case.opened", CLERK, AT) for n in range(1500)])
        write_checkpoints(at=AT)
    assert verify().streams == 4500
    assert peak() < few * 1.5


def test_verification_does_not_depend_on_the_products_cached_connection(trail):
    connection.close()
    assert verify().entries == 10


def test_a_page_sees_that_one_chain_is_whole_without_reading_checkpoints(trail, tamper):
    assert is_sound(entries_of(CASE))
    assert is_sound(())
    tamper("UPDATE audit_trailentry SET action = 'case.approved' WHERE stream_id = 41 AND sequence = 3")
    assert not is_sound(entries_of(CASE))
    assert is_sound(entries_of(OTHER))
    tamper("DELETE FROM audit_trailentry WHERE stream_id = 42 AND sequence = 2")
    assert not is_sound(entries_of(OTHER))
