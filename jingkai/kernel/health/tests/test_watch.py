"""The operator is told of changes once, with the worker dead and the database away, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.health import jobs
from jingkai.kernel.health.cli import doctor
from jingkai.kernel.health.data import Finding, Told
from jingkai.kernel.health.operations import watch_over
from jingkai.kernel.health.queries.watch import check_watch, read_watch, watch_file
from jingkai.kernel.health.rules import after_telling, to_tell
from jingkai.kernel.health.tests.test_cli import CannotStart, Surroundings
from jingkai.kernel.hooks.api import doctor_checks
from jingkai.kernel.hooks.data import CheckResult, DoctorCheck
from jingkai.kernel.organisation.testing import Cast

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def found(state: Any, name: str = "jobs") -> Finding:
    return Finding(name, state, f"It is {state}.", "Mend it." if state != "ok" else "")


@pytest.fixture(autouse=True)
def operator(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    settings.ALERT_MAIL, settings.ALERT_PHONES = ("operator@zone.example",), ("13900001234",)
    settings.BASE_URL = "https://zone.example"


def test_whoever_is_named_is_told_once_by_mail_and_text_message_and_then_that_all_is_clear(
    mail_server: Any, sms_provider: Any
) -> None:
    assert [one.name for one in watch_over([found("fail"), found("ok", "disk")], at=NOON)] == ["jobs"]
    assert watch_over([found("fail")], at=NOON + 5 * MINUTE) == []
    assert len(mail_server.store.all()) == len(sms_provider.store.all()) == 1
    assert "It is fail." in str(mail_server.store.all()[0])
    assert "JK_ALERT" in str(sms_provider.store.all()[0])
    assert watch_over([found("ok")], at=NOON + 2 * HOUR) == [found("ok")]
    assert watch_over([found("ok")], at=NOON + 3 * HOUR) == []
    assert len(mail_server.store.all()) == len(sms_provider.store.all()) == 2


def test_what_reached_nobody_is_told_at_the_next_look(
    mail_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.ALERT_PHONES = ()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert watch_over([found("fail")], at=NOON) == []
    assert "o***@zone.example" in read_watch().problem
    assert check_watch(at=NOON).state == "warn"
    settings.EMAIL_PORT = port
    assert watch_over([found("fail")], at=NOON + 5 * MINUTE) == [found("fail")]
    assert read_watch().problem == ""


def test_one_way_that_fails_does_not_hold_up_the_other(
    sms_provider: Any, mail_server: Any, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    assert watch_over([found("fail")], at=NOON) == [found("fail")]
    assert len(sms_provider.store.all()) == 1
    assert "zone.example" in read_watch().problem


@pytest.mark.parametrize(
    ("before", "state", "after", "told"),
    [
        (None, "ok", timedelta(0), False),
        (None, "warn", timedelta(0), True),
        (Told("warn", NOON), "warn", timedelta(days=9), False),
        (Told("warn", NOON), "fail", MINUTE, True),
        (Told("fail", NOON), "warn", MINUTE, False),
        (Told("fail", NOON), "warn", HOUR, True),
        (Told("fail", NOON), "ok", 29 * MINUTE, False),
        (Told("fail", NOON), "ok", 30 * MINUTE, True),
        (Told("ok", NOON), "fail", 29 * MINUTE, False),
        (Told("ok", NOON), "fail", 30 * MINUTE, True),
        (Told("fail", NOON), "fail", 239 * MINUTE, False),
        (Told("fail", NOON), "fail", 240 * MINUTE, True),
        (Told("fail", NOON, 2), "fail", 23 * HOUR, False),
        (Told("fail", NOON, 2), "fail", 24 * HOUR, True),
        (Told("fail", NOON, 9), "fail", 24 * HOUR, True),
    ],
)
def test_changes_are_told_once_and_failures_that_last_again(
    before: Told | None, state: Any, after: timedelta, told: bool
) -> None:
    known = {"jobs": before} if before else {}
    assert bool(to_tell(known, [found(state)], at=NOON + after)) is told


def test_an_answer_that_goes_to_and_fro_is_told_of_four_times_an_hour_at_most() -> None:
    known: dict[str, Told] = {}
    told = 0
    for minute in range(0, 120, 5):
        finding, at = found("fail" if minute % 10 else "ok"), NOON + minute * MINUTE
        for one in to_tell(known, [finding], at=at):
            known[one.name] = after_telling(known.get(one.name), one, at=at)
            told += 1
    assert told <= 4


def test_a_spoilt_file_means_that_nothing_was_told(mail_server: Any, sms_provider: Any) -> None:
    watch_file().write_text("{", encoding="utf-8")
    assert watch_over([found("fail")], at=NOON) == [found("fail")]
    assert read_watch().told["jobs"] == Told("fail", NOON)


def test_the_doctor_tells_it_from_the_machines_timer_with_the_database_away(
    mail_server: Any, sms_provider: Any
) -> None:
    away = Surroundings(error=CannotStart())
    result = CliRunner().invoke(doctor, ["--alert"], obj=away)
    assert result.exit_code == 1, result.output
    assert "The server is away." in str(mail_server.store.all()[0])
    CliRunner().invoke(doctor, ["--alert"], obj=away)
    assert len(mail_server.store.all()) == 1


def test_without_the_option_nobody_is_told(mail_server: Any, sms_provider: Any) -> None:
    CliRunner().invoke(doctor, [], obj=Surroundings(error=CannotStart()))
    assert mail_server.store.all() == []


def test_the_worker_looks_too(mail_server: Any, sms_provider: Any, settings: Any) -> None:
    with doctor_checks.only(DoctorCheck("ill", lambda: CheckResult("fail", "Broken.", "Mend it."))):
        jobs.watch()
        settings.ALERT_MAIL = settings.ALERT_PHONES = ()
        jobs.watch()
    assert len(mail_server.store.all()) == 1


def test_the_doctor_says_that_nobody_is_named_and_that_nobody_looks(settings: Any) -> None:
    assert "20" in str(check_watch(at=NOON).message)
    settings.ALERT_MAIL = settings.ALERT_PHONES = ()
    assert "JINGKAI_ALERT_MAIL" in str(check_watch(at=NOON).advice)


@pytest.mark.django_db
def test_the_page_shows_who_is_told_and_what_was_told_last(
    client: Client, cast: Cast, mail_server: Any, sms_provider: Any
) -> None:
    watch_over([found("fail", "disk")], at=NOON)
    log_in(client, cast.system_admin)
    shown = client.get("/health/", headers={"accept-language": "en"}).content.decode()
    assert "o***@zone.example" in shown
    assert "139****1234" in shown
    assert "disk" in shown
    assert "operator@zone.example" not in shown
