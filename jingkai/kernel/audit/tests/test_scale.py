"""Ten thousand entries, tampered with as the database's superuser: everything is found and named.

An outsider finds the same with a script of the standard library alone.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as properties
from hypothesis import strategies as st

from jingkai.kernel.audit import testing
from jingkai.kernel.audit.api import Draft, record_many, verify, write_checkpoints
from jingkai.kernel.audit.cli import audit
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.rules.chain import fingerprint
from jingkai.kernel.permissions.data import Actor

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
STREAMS, LENGTH, BATCHES = 100, 100, 4
KINDS = ("edit", "edit_rehashed", "rewrite", "delete", "delete_renumbered", "swap", "cut", "remove", "keep")
EDITS = (
    "action = 'case.forged'",
    "facts = '{\"sum\": 1}'",
    "actor_id = 8",
    "at = at + interval '1 microsecond'",
    "result = 'x'",
    "hash = repeat('a', 64)",
)
SCRIPT = Path(__file__).resolve().parents[4] / "docs" / "how-to" / "verify_trail.py"
Found = set[tuple[str, int, int]]


@pytest.fixture
def trail(trail_folder: Path, transactional_db: None) -> Path:
    """A hundred chains of a hundred entries, signed in four checkpoints."""
    for batch in range(BATCHES):
        record_many(
            [
                Draft(("case", stream), f"case.step_{number}", CLERK, AT + timedelta(minutes=number))
                for number in range(LENGTH // BATCHES)
                for stream in range(1, STREAMS + 1)
            ]
        )
        write_checkpoints(at=AT + timedelta(hours=batch))
    return trail_folder


@pytest.fixture
def superuser(trail: Path, database_server: Any) -> Iterator[Any]:
    """A connection of the superuser with the guards off, and a copy of the trail to go back to."""
    with testing.unguarded(database_server, str(connection.settings_dict["NAME"])) as owner:
        owner.execute("CREATE TABLE kept AS TABLE audit_trailentry")
        yield owner
        owner.execute("DROP TABLE kept")


tampering = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(2, LENGTH - 1), st.sampled_from(EDITS)),
    min_size=STREAMS,
    max_size=STREAMS,
)


@properties(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(tampering)
def test_everything_done_to_ten_thousand_entries_is_found_and_named(
    superuser: Any, acts: list[tuple[str, int, str]]
) -> None:
    """Every chain is tampered with in one way, or left alone; the verification names exactly these."""
    superuser.execute("DELETE FROM audit_trailentry")
    superuser.execute("INSERT INTO audit_trailentry SELECT * FROM kept")
    expected: Found = set()
    for stream, (kind, number, edit) in enumerate(acts, 1):
        expected |= tamper(superuser, stream, kind, number, edit)
    found = verify()
    assert {
        (fault.kind, fault.stream[1], fault.sequence) for fault in found.faults if fault.stream
    } == expected
    assert found.intact == (not expected)


def tamper(owner: Any, stream: int, kind: str, number: int, edit: str) -> Found:
    """Do one thing to a chain; gives the faults that must be named for it."""
    match kind:
        case "edit":
            change(owner, stream, number, edit)
            return {("edited", stream, number)}
        case "edit_rehashed":
            rehash(owner, stream, number, whole=False)
            return {("rewritten", stream, number)}
        case "rewrite":
            rehash(owner, stream, number, whole=True)
            size = LENGTH // BATCHES
            return {("rewritten", stream, -(-number // size) * size)}  # the first head that betrays it
        case "delete" | "delete_renumbered":
            remove(owner, stream, f"sequence = {number}")
            if kind == "delete_renumbered":
                for place in range(number + 1, LENGTH + 1):
                    change(owner, stream, place, "sequence = sequence - 1")
            return {("deleted", stream, number)}
        case "swap":
            other = number - 1 if number > 2 else number + 1
            change(owner, stream, number, "sequence = 10000")
            change(owner, stream, other, f"sequence = {number}")
            change(owner, stream, 10000, f"sequence = {other}")
            return {("reordered", stream, number), ("reordered", stream, other)}
        case "cut":
            remove(owner, stream, f"sequence >= {number}")
            return {("cut_off", stream, LENGTH)}
        case "remove":
            remove(owner, stream, "true")
            return {("stream_removed", stream, LENGTH)}
    return set()


def change(owner: Any, stream: int, number: int, edit: str) -> None:
    """Change one entry."""
    owner.execute(f"UPDATE audit_trailentry SET {edit} WHERE stream_id = {stream} AND sequence = {number}")


def remove(owner: Any, stream: int, which: str) -> None:
    """Delete entries of a chain."""
    owner.execute(f"DELETE FROM audit_trailentry WHERE stream_id = {stream} AND {which}")


def rehash(owner: Any, stream: int, number: int, *, whole: bool) -> None:
    """Forge an entry with a fitting fingerprint, and the rest of the chain with it if asked."""
    entries = list(TrailEntry.objects.filter(stream_id=stream, sequence__gte=number).order_by("sequence"))
    entries[0].action = "case.forged"
    for before, entry in zip([None, *entries], entries if whole else entries[:1], strict=False):
        entry.previous_hash = before.hash if before else entry.previous_hash
        entry.hash = fingerprint(entry)
        owner.execute(
            "UPDATE audit_trailentry SET action = %s, previous_hash = %s, hash = %s WHERE id = %s",
            [entry.action, entry.previous_hash, entry.hash, entry.pk],
        )


def outside(folder: Path) -> tuple[int, str]:
    """What the script finds in an interpreter that has nothing but the standard library."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(folder)], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_an_outsider_verifies_the_export_with_the_standard_library_alone(trail: Path, tmp_path: Path) -> None:
    """Whole: yes. An edit, a deletion, a cut tail, a changed or missing checkpoint: no, and where."""
    folder = tmp_path / "export"
    assert CliRunner().invoke(audit, ["export", "--into", str(folder)]).exit_code == 0
    code, said = outside(folder)
    assert code == 0, said
    assert said.startswith(f"10000 entries, 100 chains, {BATCHES} checkpoints")
    lines = (folder / "entries.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    chance = random.Random(7)
    at = chance.randrange(len(lines))
    entry = json.loads(lines[at])
    named = f"case:{entry['stream'].split(':')[1]} #{entry['sequence']}"
    for bad in ([], [json.dumps({**entry, "facts": {"sum": 1}}) + "\n"]):
        _write(folder, [*lines[:at], *bad, *lines[at + 1 :]])
        code, said = outside(folder)
        assert (code, named in said) == (1, True), said
    _write(
        folder, [line for line in lines if '"stream": "case:9"' not in line or '"sequence": 100,' not in line]
    )
    assert "case:9 #100: signed by a checkpoint" in outside(folder)[1]
    _write(folder, lines)
    path = next((folder / "checkpoints").iterdir())
    whole = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r'"signature":"(.)', lambda m: f'"signature":"{"B" if m[1] != "B" else "C"}', whole, count=1)
    )
    assert "checkpoint 1: " in outside(folder)[1]
    path.write_text("".join(whole.splitlines(keepends=True)[1:]))
    assert "checkpoint 2: " in outside(folder)[1]


def _write(folder: Path, lines: list[str]) -> None:
    (folder / "entries.jsonl").write_text("".join(lines), encoding="utf-8")
