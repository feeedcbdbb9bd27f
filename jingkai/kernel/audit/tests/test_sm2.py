"""Checkpoints are signed by SM2 as well once there is a key; a signature that is taken away is missed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jingkai.kernel.audit.api import Draft, record_many, verify, write_checkpoints
from jingkai.kernel.audit.cli import audit
from jingkai.kernel.audit.queries import journal
from jingkai.kernel.audit.rules.sm2 import make_sm2_key, sm2_key
from jingkai.kernel.permissions.data import Actor

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = Actor(party_id=7, user_id=3, name="王芳", kind="staff")
pytestmark = pytest.mark.django_db(transaction=True)


def grow(stream: int = 41) -> None:
    record_many([Draft(("cases.case", stream), "case.step", CLERK, AT)])
    write_checkpoints(at=AT)


def file_of(trail_folder: Path) -> Path:
    return journal.files(trail_folder / "checkpoints")[0]


def test_from_the_day_of_the_key_on_both_sign_and_both_are_proved(trail_folder: Path) -> None:
    grow()
    answer = CliRunner().invoke(audit, ["sm2-key"])
    assert (answer.exit_code, answer.output.strip()) == (0, sm2_key())
    assert CliRunner().invoke(audit, ["sm2-key"]).output == answer.output, "a second one is not made"
    grow()
    first, second = (json.loads(line) for line in file_of(trail_folder).read_text().splitlines())
    assert "sm2" not in first
    assert (second["sm2"], bool(second["sm2_signature"])) == (sm2_key(), True)
    assert verify().intact
    (trail_folder / "keys" / "trail-sm2.key").unlink()
    make_sm2_key()
    grow()
    assert verify().intact, "the old public key goes on proving"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: re.sub(r'"sm2_signature":"[^"]*"', '"sm2_signature":""', text),
        lambda text: re.sub(r',"sm2_signature":"[^"]*"', "", text),
        lambda text: re.sub(r'"sm2_signature":"(....)', r'"sm2_signature":"\1AAAA', text),
        lambda text: re.sub(r'"sm2":"[^"]*",', "", text),
    ],
)
def test_a_signature_that_is_taken_away_or_altered_is_named(trail_folder: Path, spoil: Any) -> None:
    make_sm2_key()
    grow()
    path = file_of(trail_folder)
    whole = path.read_text()
    path.write_text(spoil(whole))
    assert path.read_text() != whole
    found = verify()
    assert not found.intact
    assert {fault.kind for fault in found.faults} & {"signature_invalid", "checkpoint_altered"}


def test_the_key_is_locked_and_for_the_owner_only(trail_folder: Path, settings: Any) -> None:
    settings.SECRETS_FOLDER = trail_folder / "secrets"
    make_sm2_key()
    path = trail_folder / "keys" / "trail-sm2.key"
    assert path.stat().st_mode & 0o077 == 0
    (trail_folder / "secrets" / "trail-passphrase").write_text("another")
    path.touch()
    with pytest.raises(ValueError, match="does not open"):
        sm2_key()


def test_an_outsider_proves_such_a_trail_too(trail_folder: Path, tmp_path: Path) -> None:
    make_sm2_key()
    grow()
    assert CliRunner().invoke(audit, ["export", "--into", str(tmp_path / "out")]).exit_code == 0
    script = Path(__file__).resolve().parents[4] / "docs" / "how-to" / "verify_trail.py"
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
