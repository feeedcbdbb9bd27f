"""The command: exit codes, counts, the named entry, exports."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from jingkai.kernel.audit.api import entries_of, record, write_checkpoints
from jingkai.kernel.audit.cli import audit
from jingkai.kernel.permissions.data import Actor

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
CASE = ("cases.case", 41)


@pytest.fixture
def trail(trail_folder, transactional_db):
    for number in range(1, 4):
        record(CASE, action=f"case.step_{number}", by=CLERK, at=AT, facts={"title": "=1+1"})
    write_checkpoints(at=AT)
    record(("cases.case", 42), action="case.opened", by=CLERK, at=AT)
    return trail_folder


def run(*arguments):
    return CliRunner().invoke(audit, list(arguments))


def test_verify_prints_the_counts_and_exits_0(trail):
    answer = run("verify")
    assert answer.exit_code == 0
    assert "entries 4, streams 2, checkpoints 1, entries after the last checkpoint 1" in answer.output
    assert "intact" in answer.output


def test_verify_names_the_entry_and_exits_1(trail, tamper):
    victim = entries_of(CASE).get(sequence=2)
    tamper("UPDATE audit_trailentry SET action = 'case.forged' WHERE id = %s", [victim.pk])
    answer = run("verify", "--stream", "cases.case:41")
    assert answer.exit_code == 1
    expected = f"cases.case:41 #2 (id {victim.pk}, case.forged, 2026-11-20T09:30:00+00:00): edited"
    assert expected in answer.output
    assert run("verify", "--stream", "cases.case:42").exit_code == 0


def test_verify_answers_in_json(trail, tamper):
    assert json.loads(run("verify", "--json").output)["entries"] == 4
    tamper("DELETE FROM audit_trailentry WHERE stream_id = 41 AND sequence = 3")
    answer = run("verify", "--json")
    found = json.loads(answer.output)
    assert (answer.exit_code, found["intact"]) == (1, False)
    assert found["faults"][0] | {"detail": ""} == {
        "kind": "cut_off",
        "detail": "",
        "stream": ["cases.case", 41],
        "sequence": 3,
        "entry_id": found["faults"][0]["entry_id"],
        "action": "case.step_3",
        "at": "2026-11-20T09:30:00.000000+00:00",
        "checkpoint": 1,
    }


def test_checkpoint_signs_what_is_new(trail):
    assert "checkpoint 2: 4 entries signed, 1 streams grew" in run("checkpoint").output
    assert "Nothing was new." in run("checkpoint").output
    assert "after the last checkpoint 0" in run("verify").output


def test_a_wrong_stream_is_a_usage_error(trail):
    assert run("verify", "--stream", "cases.case").exit_code == 2


def test_export_writes_json_lines_that_can_be_recomputed(trail):
    rows = [json.loads(line) for line in run("export", "--stream", "cases.case:41").output.splitlines()]
    assert [row["sequence"] for row in rows] == [1, 2, 3]
    assert rows[1]["previous_hash"] == rows[0]["hash"]
    assert rows[0]["at"] == "2026-11-20T09:30:00.000000+00:00"


def test_export_writes_csv_without_formulas(trail):
    record(CASE, action="=cmd()", by=CLERK, at=AT)
    output = run("export", "--format", "csv", "--action", "=cmd()").output
    rows = list(csv.DictReader(io.StringIO(output)))
    assert rows[0]["action"] == "'=cmd()"


def test_export_keeps_to_the_period(trail):
    assert run("export", "--since", "2026-11-21").output == ""
    assert len(run("export", "--since", "2026-11-20", "--until", "2026-11-21").output.splitlines()) == 4
