"""Commands, upgrades and changed settings stand in the trail, once each and without secrets."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import pytest

from jingkai.kernel.audit.api import INSTALLATION, entries_of, record_command, record_settings, record_upgrade
from jingkai.kernel.audit.data import machine_origin, origin
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.audit.queries import in_words
from jingkai.kernel.audit.web.shown import entry_facts
from jingkai.kernel.permissions.data import SYSTEM

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def facts() -> dict[str, Any]:
    found = entries_of(INSTALLATION).order_by("-sequence").first()
    assert found is not None
    return dict(found.facts)


def test_an_upgrade_tells_both_releases_and_what_was_applied_once() -> None:
    applied = {1: "cases.0001_initial", 2: "cases.0002_more"}
    assert record_upgrade(release="1.0", applied=applied, by=SYSTEM, at=NOON)
    assert not record_upgrade(release="1.0", applied=applied, by=SYSTEM, at=NOON)
    assert (facts()["from"], facts()["to"], facts()["count"]) == ("", "1.0", 2)
    later = {**applied, 5: "cases.0003_less"}
    assert record_upgrade(release="1.1", applied=later, by=SYSTEM, at=NOON)
    assert facts() == {
        "from": "1.0",
        "to": "1.1",
        "count": 1,
        "migrations": ["cases.0003_less"],
        "last": 5,
    }
    assert record_upgrade(release="1.2", applied=later, by=SYSTEM, at=NOON), "a release without migrations"
    assert entries_of(INSTALLATION).count() == 3


def test_changed_settings_are_named_and_never_told() -> None:
    values = {"JINGKAI_HOST": "127.0.0.1", "JINGKAI_SEALS_SECRET": "s3cret", "PORT": "8000"}

    def note(machine: str = "one", **changed: str | None) -> bool:
        now = {name: value for name, value in (values | changed).items() if value is not None}
        return record_settings(machine=machine, values=now, by=SYSTEM, at=NOON)

    assert note()
    assert not note()
    assert note(JINGKAI_SEALS_SECRET="0ther", PORT=None, JINGKAI_DEBUG="1")
    told = facts()
    assert (told["changed"], told["added"], told["removed"]) == (
        ["JINGKAI_SEALS_SECRET"],
        ["JINGKAI_DEBUG"],
        ["PORT"],
    )
    assert "s3cret" not in str(list(entries_of(INSTALLATION).values_list("facts", flat=True)))
    assert note(machine="two")
    assert not note(JINGKAI_SEALS_SECRET="0ther", PORT=None, JINGKAI_DEBUG="1"), "machines stand apart"


def test_a_command_bears_the_user_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    token = origin.set(machine_origin(behind="li"))
    try:
        record_command(command="files move", by=SYSTEM, at=NOON, facts={"to": "bucket"})
    finally:
        origin.reset(token)
    entry = TrailEntry.objects.get(action="installation.command")
    assert (entry.facts, entry.agent) == ({"command": "files move", "to": "bucket"}, "machine:4000000/li")
    (line,) = in_words([entry])
    shown = {str(fact.label): fact.value for fact in entry_facts(line)}
    assert (shown["服务器用户"], shown["浏览器标记"]) == ("4000000/li", "")
