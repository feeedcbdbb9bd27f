"""Checkpoints: only with news, bounded, chained, safe against crashes between file and database."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction

from jingkai.kernel.audit.api import Draft, record, record_many, verify, write_checkpoints
from jingkai.kernel.audit.models import Checkpoint, TrailNews
from jingkai.kernel.audit.operations import checkpoints
from jingkai.kernel.audit.operations import journal as filing
from jingkai.kernel.audit.queries import journal
from jingkai.kernel.permissions.data import Actor

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
CASE = ("cases.case", 41)

pytestmark = pytest.mark.django_db(transaction=True)


def add(number=1, stream=CASE):
    record_many([Draft(stream, "case.step", CLERK, AT) for _ in range(number)])


def test_without_news_nothing_is_written(trail_folder):
    assert write_checkpoints(at=AT) == []
    add()
    assert len(write_checkpoints(at=AT)) == 1
    assert write_checkpoints(at=AT) == []
    assert len(journal.files(trail_folder / "checkpoints")) == 1


def test_a_checkpoint_signs_the_heads_that_grew_and_counts_all(trail_folder):
    add(3)
    write_checkpoints(at=AT)
    add(2)
    add(1, ("cases.case", 42))
    write_checkpoints(at=AT)
    last = journal.last_record()
    assert (last.number, last.entries) == (2, 6)
    assert [(head.id, head.first, head.last) for head in last.heads] == [(41, 4, 5), (42, 1, 1)]
    assert last.is_whole()
    assert last.is_signed()


def test_many_streams_are_split_over_bounded_checkpoints(trail_folder, monkeypatch):
    monkeypatch.setattr(checkpoints, "HEADS_PER_CHECKPOINT", 10)
    for number in range(35):
        add(1, ("cases.case", number + 1))
    written = write_checkpoints(at=AT)
    assert [item.streams for item in written] == [10, 10, 10, 5]
    assert verify().intact
    assert verify().after_checkpoint == 0


def test_files_turn_over(trail_folder, monkeypatch):
    monkeypatch.setattr(filing, "LINES_PER_FILE", 2)
    for _ in range(5):
        add()
        write_checkpoints(at=AT)
    assert [path.stem.lstrip("0") for path in journal.files(journal.folder())] == ["1", "3", "5"]
    assert verify().intact
    assert verify().checkpoints == 5


def test_a_crash_between_file_and_database_loses_and_doubles_nothing(trail_folder, monkeypatch):
    add(2)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "_note", lambda _record: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_checkpoints(at=AT)
    assert TrailNews.objects.exists()
    assert not Checkpoint.objects.exists()
    add(1)
    write_checkpoints(at=AT)
    found = verify()
    assert found.intact
    assert found.after_checkpoint == 0
    assert [item.entries for item in Checkpoint.objects.order_by("number")] == [2, 3]


def test_a_line_torn_by_a_crash_is_left_behind(trail_folder):
    add()
    write_checkpoints(at=AT)
    with journal.files(journal.folder())[0].open("ab") as file:
        file.write(b'{"number": 2, "at"')
    add()
    write_checkpoints(at=AT)
    assert len(journal.files(journal.folder())) == 2
    assert verify().intact
    assert verify().checkpoints == 2


def test_entries_of_a_long_transaction_are_signed_once_they_are_there(trail_folder):
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                record(("cases.case", 1), action="case.slow", by=CLERK, at=AT)
                begun.set()
                go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    add(1, ("cases.case", 2))
    write_checkpoints(at=AT)
    assert [head.id for head in journal.last_record().heads] == [2]
    go_on.set()
    thread.join(10)
    write_checkpoints(at=AT)
    assert [head.id for head in journal.last_record().heads] == [1]
    assert verify().intact


def test_two_at_once_write_one_chain(trail_folder):
    add(5)
    errors = []

    def run():
        try:
            write_checkpoints(at=AT)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not errors
    assert Checkpoint.objects.count() == 1
    assert verify().intact


def test_keys_and_files_are_for_the_owner_only_and_the_key_is_encrypted(trail_folder):
    add()
    write_checkpoints(at=AT)
    private = trail_folder / "keys" / "trail.pem"
    assert b"ENCRYPTED" in private.read_bytes()
    for path in (private, journal.files(journal.folder())[0]):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.parent.stat().st_mode) == 0o700


def test_a_new_key_signs_on_and_the_old_one_still_proves(trail_folder):
    add()
    write_checkpoints(at=AT)
    (trail_folder / "keys" / "trail.pem").unlink()
    add()
    write_checkpoints(at=AT)
    assert len({item.key for item in Checkpoint.objects.all()}) == 2
    assert verify().intact


def test_a_copy_folder_that_is_away_catches_up(trail_folder, settings, tmp_path):
    blocked = tmp_path / "copy"
    blocked.write_text("a file where the folder should be")
    settings.CHECKPOINTS_COPY_FOLDER = blocked
    add()
    assert len(write_checkpoints(at=AT)) == 1
    blocked.unlink()
    add()
    write_checkpoints(at=AT)
    copied = b"".join(path.read_bytes() for path in journal.files(blocked))
    assert copied.count(b"\n") == 2


def test_the_newest_line_is_found_from_the_end(tmp_path):
    path = tmp_path / "000000000001.jsonl"
    for content, expected in (
        (b"", []),
        (b"torn", []),
        (b"one\n", [b"one"]),
        (b"one\ntwo\ntorn", [b"two", b"one"]),
        (b"a" * (1 << 20) + b"\n" + b"b" * (3 << 20) + b"\nc\n", [b"c", b"b" * (3 << 20), b"a" * (1 << 20)]),
    ):
        path.write_bytes(content)
        assert list(journal._lines_from_end(path)) == expected
