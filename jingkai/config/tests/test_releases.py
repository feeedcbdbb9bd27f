"""What a release and the environment change is written down when an installation is migrated or started."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest

from jingkai.config import cli
from jingkai.config.releases import accept_files, note_settings, note_upgrade
from jingkai.kernel.audit.api import INSTALLATION, entries_of
from jingkai.kernel.audit.data import NOWHERE, origin
from jingkai.kernel.health.api import has_manifest
from jingkai.kernel.hooks.api import doctor_checks

pytestmark = pytest.mark.django_db


def said_of_the_program() -> str:
    """What the doctor says of the program's files."""
    return next(str(check.run().state) for check in doctor_checks.all() if check.name == "program")


def newest() -> Any:
    return entries_of(INSTALLATION).order_by("-sequence").first()


def test_an_upgrade_is_told_once_with_all_that_was_applied() -> None:
    note_upgrade()
    note_upgrade()
    assert entries_of(INSTALLATION).count() == 1
    assert newest().facts["to"] == version("jingkai")
    assert newest().facts["count"] > 50


def test_settings_are_told_by_name_when_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    note_settings()
    monkeypatch.setenv("JINGKAI_SEALS_SECRET", "s3cret")
    note_settings()
    note_settings()
    assert newest().facts["added"] == ["JINGKAI_SEALS_SECRET"]
    assert "s3cret" not in str(newest().facts)
    monkeypatch.setenv("JINGKAI_DATABASE_ROLE", "owner")
    note_settings()
    assert entries_of(INSTALLATION).count() == 2


def test_program_files_are_accepted_once_for_a_release_and_not_in_a_demonstration(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME, settings.DEMO = tmp_path, True
    (tmp_path / "product").mkdir()
    (tmp_path / "product" / "cases.py").write_text("WORD = 1\n")
    files = {"jingkai": tmp_path / "product"}
    monkeypatch.setattr("jingkai.kernel.health.queries.program.roots", lambda: files)
    accept_files(is_new=True)
    assert not has_manifest()
    settings.DEMO = False
    accept_files(is_new=False)
    (tmp_path / "product" / "cases.py").write_text("WORD = 2\n")
    accept_files(is_new=False)
    assert said_of_the_program() == "fail", "migrating again does not hide it"
    accept_files(is_new=True)
    assert said_of_the_program() == "ok"


def test_commands_act_as_the_user_of_the_machine_and_services_do_not() -> None:
    before = origin.get()
    try:
        for name in cli.LASTING:
            assert name in cli.MOUNTS
        cli._say_who_acts()
        assert origin.get().agent.startswith("machine:")
    finally:
        origin.set(before)
    assert NOWHERE.agent == ""
