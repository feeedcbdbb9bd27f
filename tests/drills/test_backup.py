"""Back up under writes, restore elsewhere, compare; every flipped byte is refused; any moment can be had."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from jingkai.config.restoring import restore
from jingkai.kernel.backups.api import BackupRefused, prove
from jingkai.modules.approvals.testing import Hall
from tests.drills.installation import PASSPHRASE, Installation

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

WRITER = """
import signal, sys, time
from jingkai.config.installation import open_installation
open_installation()
from django.utils import timezone
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Material, Package
from jingkai.modules.approvals.testing import FACTS, small_file
from jingkai.records.files import api as files

package = Package.objects.get(code="construction-permit")
material = next(m for m in Material.objects.filter(package=package) if "pdf" in m.accepted)
person, until = int(sys.argv[1]), []
signal.signal(signal.SIGTERM, lambda *_: until.append(True))
number = 0
while not until:
    at, by = timezone.now(), actor_for_person(person, timezone.localdate())
    draft = operations.create_draft(
        package=package, enterprise_id=by.enterprise_ids[0], facts=FACTS, by=by, at=at
    )
    content = small_file("pdf") + b"%" + str((person, number, time.time())).encode() + b"\\n"
    upload = files.receive_bytes(content, name="a.pdf", kinds=tuple(material.accepted))
    operations.add_material(application=draft, material=material, upload=upload, by=by, at=at)
    number += 1
    print(number, flush=True)
"""
OWN_WORDS = {"audit_trailentry", "audit_trailnews", "backups_run"}
"""Where a restored installation notes that it was restored."""


@contextmanager
def writing(installation: Installation, hall: Hall, count: int) -> Iterator[None]:
    """Somebody applies without a pause, from before the block until it is left and `count` drafts stand."""
    person = str(hall.cast.person("handler").pk)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, person],
        stdout=subprocess.PIPE,
        text=True,
        env=installation.environment(),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    try:
        yield
        for line in process.stdout:
            if int(line) >= count:
                break
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


@contextmanager
def following(installation: Installation, root: Path) -> Iterator[None]:
    """`jingkai follow` keeps what is written since the backup."""
    command = [sys.executable, "-m", "jingkai", "follow", str(root)]
    process = subprocess.Popen(command, env=installation.environment())
    while not any((root / "log" / "wal").glob("*.partial")):
        assert process.poll() is None
        time.sleep(0.05)
    yield
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0


def test_backup_under_writes_restores_to_any_moment_and_refuses_every_flipped_byte(
    installation: Installation, hall: Hall, place: Path
) -> None:
    """The whole story of an operator: key, backup, log, restore to a moment, drill."""
    recovery, passphrase, root = place / "recovery.pem", place / "passphrase", place / "backups"
    passphrase.write_text(PASSPHRASE)
    root.mkdir()
    installation.run("setup", "recovery-key", recovery, "--passphrase-file", passphrase)
    with following(installation, root):
        with writing(installation, hall, 5):
            made = installation.answer("backup", root / "one")
        moment, rows, stored = datetime.now(UTC).isoformat(), installation.rows(), installation.stored()
        words = trail(installation)
        with writing(installation, hall, 2):
            pass
        installation.run("audit", "checkpoint")
    assert made["files"] > 5
    assert installation.rows() != rows

    opened = ("--recovery-key", recovery, "--passphrase-file", passphrase)
    found = installation.answer("restore", root / "one", "--into", place / "new", "--until", moment, *opened)
    assert found["sound"], found
    assert found["set_aside"] == 1
    assert found["cases"]["examined"] == int(rows["cases_case"].split()[0])
    restored = Installation(place / "new")
    with restored.server.in_use():
        again, said = restored.rows(), trail(restored)
    assert {name for name in rows if rows[name] != again[name]} <= OWN_WORDS
    assert said[:-1] == words
    assert "backup.restored" in said[-1]
    assert {name: size for name, size in restored.stored().items() if name in stored} == stored

    assert installation.answer("restore", root / "one", "--drill", "--until", "latest")["sound"]
    with installation.connect() as connection:
        runs = connection.execute("SELECT kind, state FROM backups_run ORDER BY id").fetchall()
    assert runs == [("backup", "good"), ("drill", "good")]
    refused(root / "one", place)


def trail(installation: Installation) -> list[str]:
    """Every entry of the trail as one text, in the order in which they were written."""
    with installation.connect() as connection:
        rows = connection.execute("SELECT e::text FROM audit_trailentry e ORDER BY id").fetchall()
    return [text for (text,) in rows]


def refused(backup: Path, place: Path) -> None:
    """One byte flipped in any file, a file gone, a file too many, a place that is not empty."""
    chance = random.Random(5)
    for path in sorted(path for path in backup.rglob("*") if path.is_file()):
        name, whole = path.relative_to(backup).as_posix(), path.read_bytes()
        at = chance.randrange(len(whole))
        path.chmod(0o600)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        with pytest.raises(BackupRefused) as error:
            prove(backup)
        assert error.value.path == name
        path.unlink()
        with pytest.raises(BackupRefused, match=name):
            prove(backup)
        path.write_bytes(whole)
    (backup / "files" / "more").write_bytes(b"x")
    result = CliRunner().invoke(restore, [str(backup), "--into", str(place / "other")])
    assert result.exit_code == 1
    assert "files/more" in result.output
    assert not (place / "other").exists()
    (backup / "files" / "more").unlink()
    prove(backup)
    result = CliRunner().invoke(restore, [str(backup), "--into", str(place / "new")])
    assert "is not empty" in str(result.exception)
    shutil.rmtree(backup)
