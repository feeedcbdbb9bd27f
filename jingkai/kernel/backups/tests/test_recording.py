"""The plan: which backups stay, when one is due, when somebody is warned; and the copy elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.backups import jobs, panels
from jingkai.kernel.backups.data import Entry, Manifest, Plan
from jingkai.kernel.backups.models import Run
from jingkai.kernel.backups.operations import begin, end, hand_over, prune
from jingkai.kernel.backups.queries import checks
from jingkai.kernel.backups.rules import NAME, kept
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

NOW = datetime(2026, 11, 22, 18, 10, tzinfo=UTC)  # ten past two in the zone
GOOD = Manifest({}, (Entry("files/a", 2_000_000, "0" * 64),))


def run(kind: str, at: datetime, problem: str = "") -> Run:
    """One backup or drill that lasted a minute."""
    made = begin(kind=kind, folder=Path("/backups/one"), by=SYSTEM, at=at)
    end(
        run=made, manifest=None if problem else GOOD, problem=problem, by=SYSTEM, at=at + timedelta(minutes=1)
    )
    return made


def test_daily_weekly_and_monthly_ones_stay() -> None:
    made = [NOW - timedelta(days=days) for days in range(400)]
    stay = kept(made, Plan(days=3, weeks=2, months=2))
    ages = sorted((NOW - moment).days for moment in stay)
    assert ages[:3] == [0, 1, 2]
    assert 3 <= len(ages) <= 6
    assert kept([NOW - timedelta(days=900)], Plan()) != set()


def test_pruning_removes_what_the_plan_does_not_keep_and_the_log_before(tmp_path: Path) -> None:
    for days in range(5):
        folder = tmp_path / (NOW - timedelta(days=days)).strftime(NAME)
        folder.mkdir()
        (folder / "manifest.json").touch()
    for strange in ("notes", ".20260101T000000Z.partial-1"):
        (tmp_path / strange).mkdir()
    (tmp_path / "log" / "wal").mkdir(parents=True)
    (tmp_path / "log" / "wal" / ("0" * 24)).touch()
    gone = prune(tmp_path, Plan(days=2, weeks=0, months=0))
    assert len(gone) == 3
    assert (tmp_path / "notes").exists()
    assert (tmp_path / "log" / "wal" / ("0" * 24)).exists()


@pytest.mark.django_db
def test_the_daily_backup_is_due_in_its_hour_and_not_twice(trail_folder: Path) -> None:
    assert jobs.is_due(at=NOW)
    assert not jobs.is_due(at=NOW + timedelta(hours=3))
    run("backup", NOW)
    assert not jobs.is_due(at=NOW + timedelta(minutes=30))
    assert jobs.is_due(at=NOW + timedelta(hours=26))


@pytest.mark.django_db
def test_doctor_and_trail_tell_backups_and_drills(trail_folder: Path, settings: Any) -> None:
    assert checks.check_backup(at=NOW).state == checks.check_drill(at=NOW).state == "warn"
    run("backup", NOW)
    run("drill", NOW)
    assert checks.check_backup(at=NOW).state == checks.check_drill(at=NOW).state == "ok"
    assert checks.check_backup(at=NOW + timedelta(hours=31)).state == "warn"
    assert checks.check_drill(at=NOW + timedelta(days=36)).state == "warn"
    run("backup", NOW + timedelta(hours=1), problem="the disk is full")
    assert "disk is full" in checks.check_backup(at=NOW + timedelta(hours=2)).message
    run("drill", NOW + timedelta(hours=2), problem="files/aa: altered")
    assert checks.check_drill(at=NOW + timedelta(hours=3)).state == "fail"
    actions = list(TrailEntry.objects.filter(stream_kind="backups.run").values_list("action", flat=True))
    assert sorted(actions) == sorted(panels.ACTIONS.keys() - {"backup.restored"})


@pytest.mark.django_db
def test_a_run_that_was_killed_is_told_as_failed(trail_folder: Path) -> None:
    lost = begin(kind="backup", folder=Path("/backups/one"), by=SYSTEM, at=NOW)
    begin(kind="backup", folder=Path("/backups/two"), by=SYSTEM, at=NOW + timedelta(days=1))
    lost.refresh_from_db()
    assert lost.state == Run.State.FAILED


@pytest.mark.django_db
def test_the_copy_elsewhere_is_a_command_with_the_folder(trail_folder: Path, tmp_path: Path) -> None:
    made = run("backup", NOW)
    assert hand_over(run=made, command=f"sh -c 'echo \"$0\" > {tmp_path}/told'") == ""
    assert (tmp_path / "told").read_text() == "/backups/one\n"
    assert hand_over(run=made, command="sh -c 'echo no route >&2; exit 3'") == "no route"
    made.refresh_from_db()
    assert made.offsite == Run.Offsite.FAILED
    assert checks.check_backup(at=NOW).state == "warn"


@pytest.mark.django_db
def test_the_page_of_health_shows_them(client: Client, cast: Cast, trail_folder: Path) -> None:
    log_in(client, cast.system_admin)
    english = {"accept-language": "en"}
    assert "There is no backup yet" in client.get("/health/", headers=english).content.decode()
    run("backup", NOW)
    shown = client.get("/health/", headers=english).content.decode()
    assert "2.0 MB" in shown
    assert "successful" in shown
