"""What a release and the environment change is written down when an installation is migrated or started."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest

from jingkai.config import cli
from jingkai.config.releases import accept_files, note_settings, note_upgrade
from jingkai.kernel.audit.api import INSTALLATION, entries_of
from jingkai.kernel.audit.data import NOWHERE, origin

pytestmark = pytest.mark.django_db


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


def test_program_files_of_a_demonstration_are_not_accepted(settings: Any, tmp_path: Any) -> None:
    settings.HOME, settings.DEMO = tmp_path, True
    accept_files()
    assert list(tmp_path.iterdir()) == []


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
