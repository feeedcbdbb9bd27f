"""The people of a demonstration: random secrets, private, the same at the next start."""

from __future__ import annotations

import base64
import stat
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps

from jingkai.config.demo.reference import _powers
from jingkai.config.demo.telling import anchor_of
from jingkai.config.seeding import DemoPeople
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.testing import Hall, moment

AT = moment("2026-03-02 09:00")


def test_secrets_stay_with_their_login_and_differ_between_installations(tmp_path: Path) -> None:
    people = DemoPeople.load(tmp_path)
    password, secret = people.password("clerk"), people.totp_secret("clerk")
    people.show(name="王窗口", role="窗口", login="clerk")
    people.save()
    again = DemoPeople.load(tmp_path)
    assert (again.password("clerk"), again.totp_secret("clerk")) == (password, secret)
    assert again.table[0].totp == secret
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    elsewhere = DemoPeople.load(tmp_path / "other")
    assert elsewhere.password("clerk") != password


def test_a_secret_is_written_down_before_anybody_gets_it(tmp_path: Path) -> None:
    people = DemoPeople.load(tmp_path)
    given = people.password("clerk"), people.totp_secret("clerk")
    after_a_broken_start = DemoPeople.load(tmp_path)
    assert (after_a_broken_start.password("clerk"), after_a_broken_start.totp_secret("clerk")) == given


def test_secrets_are_strong(tmp_path: Path) -> None:
    people = DemoPeople.load(tmp_path)
    assert len(people.password("a")) == 16
    assert len(base64.b32decode(people.totp_secret("a"))) == 20


def test_showing_somebody_again_replaces_the_line(tmp_path: Path) -> None:
    people = DemoPeople.load(tmp_path)
    people.show(name="甲", role="旧", login="a")
    people.show(name="乙", role="窗口", login="b")
    people.show(name="甲", role="新", login="a")
    assert [(person.login, person.role) for person in people.table] == [("b", "窗口"), ("a", "新")]


@pytest.mark.django_db
def test_the_demonstration_has_thirty_five_powers_of_every_basis(hall: Hall) -> None:
    approvals.load_catalogue(by=SYSTEM, at=AT)
    entries = [{**entry, "organ": entry["organ"] and "county_airdefence"} for entry in _powers()]
    assert {entry["basis"] for entry in entries} == {"dispatched", "entrusted", "concentrated"}
    assert approvals.load_powers(entries=entries, upto=35, by=SYSTEM, at=AT) == 34, (
        "one comes with the package"
    )
    assert approvals.load_powers(entries=entries, upto=35, by=SYSTEM, at=AT) == 0
    powers = apps.get_model("approvals", "Power").objects
    assert sorted(powers.values_list("number", flat=True)) == list(range(1, 36)), "no gap in the list"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "told_from"),
    [("2026-03-02", "2026-03-02"), ("2026-12-20", "2026-11-26"), ("2027-01-11", "2026-11-26")],
)
def test_the_demonstration_tells_of_days_whose_limits_the_loaded_calendar_reaches(
    hall: Hall, today: str, told_from: str
) -> None:
    assert anchor_of(date.fromisoformat(today)) == date.fromisoformat(told_from)
