"""Checkpoints that machines share: signed by whichever worker comes, proved at each, kept in a bucket."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jingkai.kernel.audit.api import Draft, entries_of, record_many, verify, write_checkpoints
from jingkai.kernel.audit.cli import audit
from jingkai.kernel.audit.jobs import checkpoint as checkpoint_job
from jingkai.kernel.audit.models import Checkpoint, TrailNews
from jingkai.kernel.audit.operations import checkpoints, set_aside, shelving
from jingkai.kernel.audit.panels.checks import check_checkpoints
from jingkai.kernel.audit.queries import journal
from jingkai.kernel.audit.queries.shelved import name_of
from jingkai.kernel.hooks.api import shelf
from jingkai.kernel.hooks.data import Shelf, ShelfAway
from jingkai.kernel.permissions.data import SYSTEM, Actor

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
CASE = ("cases.case", 41)
Machine = Callable[[str], Path]

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(bucket: Any, settings: Any, tmp_path: Path) -> Machine:
    """Go to the machine of a name: a home of its own, with the first one's keys and secrets."""

    def go(name: str) -> Path:
        home = tmp_path / name
        settings.HOME, settings.CHECKPOINTS_FOLDER = home, home / "checkpoints"
        settings.CHECKPOINTS_COPY_FOLDER = None
        if not home.exists() and (tmp_path / "one" / "keys").exists():
            shutil.copytree(tmp_path / "one" / "keys", home / "keys")
        return home

    go("one")
    return go


def add(number: int = 1, action: str = "case.step") -> None:
    """Write entries."""
    record_many([Draft(CASE, action, CLERK, AT) for _ in range(number)])


def sign(number: int = 1) -> None:
    """Write entries and sign them."""
    for _ in range(number):
        add()
        write_checkpoints(at=AT)


def shared() -> Shelf:
    """The shelf."""
    found = shelf()
    assert found is not None
    return found


def lay(number: int, content: bytes, tmp_path: Path) -> None:
    """Put something over a checkpoint, as somebody who has the bucket's key would."""
    (tmp_path / "other").write_bytes(content)
    shared().put(name_of(number), tmp_path / "other")


def faults() -> list[tuple[str, int | None]]:
    """What verification finds here."""
    return [(fault.kind, fault.checkpoint) for fault in verify().faults]


def numbers() -> list[int]:
    """The numbers of the lines on this machine."""
    return [
        journal.parse(line).number for path in journal.files(journal.folder()) for line in journal.lines(path)
    ]


def test_two_machines_sign_one_chain_in_turn(machine: Machine) -> None:
    for name in ("one", "two", "one", "two"):
        machine(name)
        sign()
    for name in ("one", "two", "three"):
        machine(name)
        found = verify()
        assert (found.intact, found.checkpoints, found.after_checkpoint) == (True, 4, 0)
        assert numbers() == [1, 2, 3, 4]
    assert [thing.name for thing in shared().things("checkpoints")] == [name_of(n) for n in (1, 2, 3, 4)]


def test_a_crash_between_bucket_and_database_loses_and_doubles_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(2)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "append", lambda _record: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_checkpoints(at=AT)
    assert TrailNews.objects.exists()
    assert not Checkpoint.objects.exists()
    assert len(list(shared().things("checkpoints"))) == 1
    machine("two")
    sign()
    assert [item.entries for item in Checkpoint.objects.order_by("number")] == [2, 3]
    for name in ("two", "one"):
        machine(name)
        assert verify().intact
        assert numbers() == [1, 2]


def test_of_two_writers_of_a_number_the_second_signs_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the database's lock did not part them, as when it was restored meanwhile."""
    sign()
    add()
    put = checkpoints.put

    def overtaken(where: Shelf, record: journal.Record) -> bool:
        assert where.put_once(name_of(record.number), b"somebody was faster")
        return put(where, record)

    monkeypatch.setattr(checkpoints, "put", overtaken)
    with pytest.raises(checkpoints.OtherInBucket):
        write_checkpoints(at=AT)
    assert (numbers(), Checkpoint.objects.count(), TrailNews.objects.count()) == ([1], 1, 1)
    assert check_checkpoints().state == "fail"


def test_many_lines_are_brought_file_by_file(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(5)
    monkeypatch.setattr("jingkai.kernel.audit.operations.journal.LINES_PER_FILE", 2)
    monkeypatch.setattr(shelving, "AT_ONCE", 3)
    machine("two")
    assert verify().intact
    assert [int(path.stem) for path in journal.files(journal.folder())] == [1, 3, 5]
    assert numbers() == [1, 2, 3, 4, 5]


def test_a_machine_far_behind_signs_at_once_and_catches_up_bit_by_bit(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others wait while it holds the job: it continues the newest line before it has all the others."""
    sign(5)
    monkeypatch.setattr(shelving, "AT_ONCE", 2)
    monkeypatch.setattr(checkpoints, "AT_ONCE", 2)
    machine("two")
    sign()
    assert numbers() == [1, 2]
    assert Checkpoint.objects.get(number=6).entries == 6
    write_checkpoints(at=AT)
    assert numbers() == [1, 2, 3, 4]
    assert verify().intact
    assert numbers() == [1, 2, 3, 4, 5, 6]


def test_a_line_torn_on_one_machine_is_brought_again(machine: Machine) -> None:
    sign(2)
    path = journal.files(journal.folder())[0]
    path.write_bytes(path.read_bytes()[:-10])
    sign()
    assert verify().intact
    assert numbers() == [1, 2, 3]


@pytest.mark.parametrize("place", ["one", "fresh"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_deleted_object_is_named(machine: Machine, place: str, number: int) -> None:
    sign(3)
    shared().remove(name_of(number))
    machine(place)
    assert ("checkpoint_missing", number) in faults()


@pytest.mark.parametrize("place", ["one", "fresh"])
def test_an_emptied_bucket_is_named(machine: Machine, place: str) -> None:
    sign(3)
    for number in (1, 2, 3):
        shared().remove(name_of(number))
    machine(place)
    assert faults() == [("checkpoint_missing", 1)]
    assert "all up to 3" in verify().faults[0].detail
    sign()
    assert Checkpoint.objects.get(number=4).entries == 4
    assert faults() == [("checkpoint_missing", 1)], "the next one continues what the database noted"


@pytest.mark.parametrize("place", ["one", "fresh"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_altered_object_is_named(machine: Machine, tmp_path: Path, place: str, number: int) -> None:
    sign(3)
    line = journal.files(journal.folder())[0].read_bytes().splitlines(keepends=True)[number - 1]
    lay(number, line.replace(b"case.step", b"case.stop"), tmp_path)
    machine(place)
    assert ("checkpoint_altered", number) in faults()


@pytest.mark.parametrize("place", ["one", "fresh"])
def test_an_object_in_anothers_place_is_named(machine: Machine, tmp_path: Path, place: str) -> None:
    sign(3)
    line = journal.files(journal.folder())[0].read_bytes().splitlines(keepends=True)[0]
    lay(2, line, tmp_path)
    machine(place)
    assert ("checkpoint_altered", 2) in faults()


def test_an_object_that_nobody_signed_stops_the_signing_and_is_named(
    machine: Machine, tmp_path: Path
) -> None:
    sign()
    forged = json.loads(journal.files(journal.folder())[0].read_bytes())
    lay(2, json.dumps({**forged, "number": 2}).encode(), tmp_path)
    assert faults() == [("checkpoint_altered", 2)]
    add()
    with pytest.raises(checkpoints.OtherInBucket):
        write_checkpoints(at=AT)
    assert check_checkpoints().state == "fail"
    shared().remove(name_of(2))
    write_checkpoints(at=AT)
    assert verify().intact
    assert check_checkpoints().state == "ok"


def test_while_the_bucket_is_away_the_trail_goes_on_and_checkpoints_wait(
    machine: Machine, settings: Any
) -> None:
    sign()
    settings.FILES_SECRET, right = "wrong", settings.FILES_SECRET
    add()
    checkpoint_job()
    assert Checkpoint.objects.count() == 1
    assert check_checkpoints().state == "warn"
    with pytest.raises(ShelfAway):
        verify()
    told = CliRunner().invoke(audit, ["verify"])
    assert (told.exit_code, "intact" in told.output) == (2, False)
    settings.FILES_SECRET = right
    checkpoint_job()
    assert verify().after_checkpoint == 0


def test_a_machine_without_the_key_signs_nothing_and_makes_none(machine: Machine) -> None:
    sign()
    home = machine("two")
    shutil.rmtree(home / "keys")
    add()
    with pytest.raises(checkpoints.KeyIsElsewhere):
        write_checkpoints(at=AT)
    assert check_checkpoints().state == "fail"
    assert not list((home / "keys").glob("*"))
    shutil.copytree(home.parent / "one" / "keys", home / "keys", dirs_exist_ok=True)
    write_checkpoints(at=AT)
    assert verify().intact


def test_what_was_signed_before_there_was_a_bucket_is_sent(machine: Machine, settings: Any) -> None:
    settings.FILES_URL, url = "", settings.FILES_URL
    sign(2)
    settings.FILES_URL = url
    sign()
    assert check_checkpoints().state == "warn"
    assert faults() == [("checkpoint_missing", 1)]
    told = CliRunner().invoke(audit, ["send"])
    assert (told.exit_code, told.output) == (0, "2 checkpoints sent.\n")
    assert "0 checkpoints sent" in CliRunner().invoke(audit, ["send"]).output
    assert check_checkpoints().state == "ok"
    machine("two")
    assert verify().checkpoints == 3
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_a_database_restored_to_an_earlier_moment_signs_on_after_setting_aside(
    machine: Machine, tamper: Any
) -> None:
    """The bucket knows more than the database: nothing is signed until a person has said what it is."""
    sign(3)
    machine("two")
    assert verify().intact
    for statement in (
        "DELETE FROM audit_checkpoint WHERE number > 1",
        "DELETE FROM audit_trailentry WHERE sequence > 1",
    ):
        tamper(statement)
    machine("one")
    add(2, "case.other")
    with pytest.raises(checkpoints.DatabaseIsOlder):
        write_checkpoints(at=AT)
    assert check_checkpoints().state == "fail"
    told = CliRunner().invoke(audit, ["set-aside"])
    assert told.output == "2 checkpoints set aside in the bucket, 2 on this machine.\n"
    assert entries_of(("audit.trail", 1)).get().facts == {"after": 1, "shelf": 2, "here": 2}
    write_checkpoints(at=AT)
    assert verify().intact
    assert [thing.name.split("-")[-1] for thing in shared().things("set-aside")] == [
        "000000000002.json",
        "000000000003.json",
    ]
    assert len(list((journal.folder() / "set-aside").iterdir())) == 1

    home = machine("two")
    assert ("checkpoint_altered", 2) in faults(), "this machine's copy is of the time that is no more"
    (home / "checkpoints").rename(home / "former")
    sign()
    assert verify().intact
    assert set_aside(by=SYSTEM, at=AT) == (0, 0)
