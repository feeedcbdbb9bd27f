"""The doctor's questions: each must find what it looks for, and say what to do."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone, translation

from jingkai.kernel.health import api
from jingkai.kernel.health.panels import CHECKS
from jingkai.kernel.health.queries import database, keys, surroundings
from jingkai.kernel.hooks.api import doctor_checks
from jingkai.kernel.hooks.data import CheckResult, DoctorCheck
from jingkai.kernel.parties.models.keyring import key_file, read_keys


def test_examine_asks_every_registered_question() -> None:
    registered = {check.name for check in doctor_checks.all()}
    assert {check.name for check in CHECKS} <= registered


def test_a_broken_question_is_a_failure_and_stops_no_other() -> None:
    def breaks() -> CheckResult:
        raise RuntimeError("no answer")

    fine = DoctorCheck("fine", lambda: CheckResult("ok", "good"))
    with doctor_checks.only(DoctorCheck("broken", breaks), fine):
        broken, after = api.examine()
    assert (broken.state, broken.message) == ("fail", "RuntimeError: no answer")
    assert after.state == "ok"


@pytest.mark.django_db
def test_database_tables_and_roles_are_well_in_the_test_installation() -> None:
    for check in (database.check_database, database.check_tables, database.check_roles):
        assert check().state == "ok", check


@pytest.mark.django_db
def test_roles_fail_when_the_product_could_rewrite_the_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    own = SimpleNamespace(_meta=SimpleNamespace(db_table="own_trail"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE own_trail (id int)")
    monkeypatch.setattr(database, "TrailEntry", own)
    result = database.check_roles()
    assert result.state == "fail"
    assert "jingkai setup database" in result.advice


@pytest.mark.django_db
def test_jobs_fail_without_a_worker_and_warn_of_failures() -> None:
    assert database.check_jobs(at=timezone.now()).state == "fail"
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_register_worker_v1()")
        assert database.check_jobs(at=timezone.now()).state == "ok"
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, priority)"
            " VALUES ('default', 'x', 'failed', 0)"
        )
    assert database.check_jobs(at=timezone.now()).state == "warn"
    assert database.count_jobs() == {"todo": 0, "doing": 0, "failed": 1}


def test_files_fail_in_a_folder_that_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    settings.FILES_FOLDER = settings.CHECKPOINTS_FOLDER = tmp_path
    assert surroundings.check_files().state == "ok"
    settings.FILES_FOLDER = tmp_path / "gone"
    assert surroundings.check_files().state == "fail"


def test_secrets_fail_when_others_may_read_them(settings: Any, tmp_path: Path) -> None:
    settings.SECRETS_FOLDER = tmp_path
    tmp_path.chmod(0o700)
    key = tmp_path / "key"
    key.write_text("k")
    key.chmod(0o600)
    assert surroundings.check_secrets().state == "ok"
    key.chmod(0o640)
    result = surroundings.check_secrets()
    assert result.state == "fail"
    assert str(key) in result.message


def test_keys_in_use_for_too_long_are_named(settings: Any, tmp_path: Path) -> None:
    settings.SECRETS_FOLDER, settings.HOME, settings.KEY_DAYS = tmp_path, tmp_path, 730
    at = timezone.now()
    read_keys(key_file())
    (tmp_path / "secret-key").write_text("k")
    assert keys.check_keys(at=at).state == "ok"
    with translation.override("en"):
        found = keys.check_keys(at=at + timedelta(days=732, minutes=5))
    assert found.state == "warn"
    assert "personal data (732)、sessions and forms (732)" in found.message
    old = (at - timedelta(days=800)).timestamp()
    os.utime(tmp_path / "secret-key", (old, old))
    assert "(800)" in keys.check_keys(at=at).message
    settings.KEY_DAYS = 0
    assert keys.check_keys(at=at).state == "ok"


def test_disk_warns_and_fails_by_free_space(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    settings.HOME = tmp_path
    states = {}
    for free in (100, 900, 90_000):
        usage = SimpleNamespace(free=free * surroundings.MEGABYTE, total=10**12)
        monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _path, usage=usage: usage)
        states[free] = surroundings.check_disk().state
    assert states == {100: "fail", 900: "warn", 90_000: "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (-10, "warn"), (10, "warn"), (3600, "fail")])
def test_clocks_that_differ_are_told(seconds: int, state: str) -> None:
    def now() -> datetime:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0] + timedelta(seconds=seconds)

    assert database.check_clock(now=now).state == state


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "version", "state"),
    [
        (None, None, "ok"),
        ("127.0.0.1", None, "ok"),
        ("10.0.0.5", "TLSv1.3", "ok"),
        ("10.0.0.5", None, "warn"),
    ],
)
def test_a_line_that_others_can_read_is_told(
    host: str | None, version: str | None, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server says of its line, for each way to reach it; the first is how this test does."""
    if host is not None:
        cipher = version and "TLS_AES_256_GCM_SHA384"
        said = ", ".join("NULL" if word is None else f"'{word}'" for word in (host, version, cipher))
        monkeypatch.setattr(database, "_LINE", f"SELECT {said}")
    found = database.check_line()
    assert found.state == state
    assert bool(found.advice) == (state == "warn")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (timedelta(seconds=2), "ok"),
        (timedelta(seconds=11), "warn"),
        (None, "warn"),
        (OperationalError("no route to host"), "warn"),
    ],
)
def test_a_replica_that_is_late_away_or_none_is_told(
    found: timedelta | OperationalError | None, state: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Near, too far behind, a server that follows nobody (as after a promotion), one that does not answer."""

    def look() -> SimpleNamespace | None:
        if isinstance(found, Exception):
            raise found
        return SimpleNamespace(behind=found) if found else None

    settings.REPLICA_LAG = 10
    monkeypatch.setattr(database, "has_replica", lambda: True)
    monkeypatch.setattr(database, "look_at_replica", look)
    result = database.check_replica()
    assert result.state == state
    assert bool(result.advice) == (state == "warn")
    if isinstance(found, Exception):
        assert "no route to host" in result.message


def test_without_a_replica_nothing_is_missed() -> None:
    assert database.check_replica().state == "ok"
