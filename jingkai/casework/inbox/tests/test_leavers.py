"""Whoever leaves a post leaves no task behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.organisation.api import end_appointment
from jingkai.kernel.organisation.models import Appointment
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
PAGE = reverse("inbox:leavers")


@pytest.fixture
def held(approval_case: Any, cast: Any) -> Task:
    """The fire review, on an officer of the fire centre."""
    finish(approval_case, "accept", "accept", by=cast.clerk)
    return cases.claim_task(task=open_task(approval_case, "fire"), by=cast.officer_fire, at=NOW)


def leave(cast: Any, on: date) -> None:
    row = Appointment.objects.get(person_id=cast.officer_fire.party_id)
    end_appointment(appointment=row, ends_on=on, version=row.version, by=cast.system_admin, at=NOW)


def address(cast: Any) -> str:
    return reverse("inbox:leaver", args=[cast.person("officer_fire").party.uuid])


def test_an_ended_appointment_gives_the_tasks_back_to_the_unit_by_itself(held, cast):
    leave(cast, date(2026, 3, 1))
    run_jobs()
    held.refresh_from_db()
    assert (held.state, held.assignee_id, held.pool_id) == ("open", None, cast.unit("fire"))


def test_who_stays_until_friday_keeps_the_tasks_and_is_listed(held, browser, cast):
    leave(cast, date(2026, 3, 6))
    run_jobs()
    held.refresh_from_db()
    assert held.assignee_id == cast.officer_fire.party_id
    for who in (cast.head_fire, cast.system_admin):
        page = browser(who).get(PAGE).content.decode()
        assert "王消防" in page
        assert "2026-03-06后离任" in page
    assert "王消防" not in browser(cast.approval_head).get(PAGE).content.decode()
    assert browser(cast.clerk).get(PAGE).status_code == 403


def test_the_head_hands_everything_to_a_successor_once(held, browser, cast):
    client = browser(cast.head_fire)
    page = client.get(address(cast)).content.decode()
    assert "二期厂房" in page
    data = {"to": cast.officer_fire_2.party_id, "reason": "调离"}
    sent = with_token(data, user=login_of(cast.head_fire))
    assert client.post(address(cast), sent).status_code == client.post(address(cast), sent).status_code == 302
    held.refresh_from_db()
    assert held.assignee_id == cast.officer_fire_2.party_id


def test_the_system_administrator_sees_numbers_but_no_titles(held, browser, cast):
    page = browser(cast.system_admin).get(address(cast)).content.decode()
    assert held.case.reference in page
    assert "二期厂房" not in page
    sent = with_token({"to": "", "reason": ""}, user=login_of(cast.system_admin))
    assert browser(cast.system_admin).post(address(cast), sent).status_code == 302
    held.refresh_from_db()
    assert (held.assignee_id, held.pool_id) == (None, cast.unit("fire"))


def test_another_head_may_not(held, browser, cast):
    client = browser(cast.approval_head)
    assert client.get(address(cast)).status_code == 403
    sent = with_token({"to": cast.clerk.party_id}, user=login_of(cast.approval_head))
    assert client.post(address(cast), sent).status_code == 403
    held.refresh_from_db()
    assert held.assignee_id == cast.officer_fire.party_id


def test_overlapping_stand_ins_are_told(browser, cast):
    client = browser(cast.officer_fire)
    for to in (cast.officer_fire_2, cast.head_fire):
        data = {
            "to_person": to.party_id,
            "starts_on": "2026-03-02",
            "ends_on": "2026-03-06",
            "reason": "休假",
        }
        sent = with_token(data, user=login_of(cast.officer_fire))
        answer = client.post(reverse("organisation:delegate"), sent, follow=True)
        assert answer.status_code == 200
    assert "孙消防也受委托代办" in answer.content.decode()
