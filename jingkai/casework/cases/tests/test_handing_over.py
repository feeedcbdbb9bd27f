"""Tests of tasks whose holder has left a post."""

from datetime import timedelta

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.casework.cases.tests.driving import begin
from jingkai.kernel.organisation.api import end_appointment
from jingkai.kernel.organisation.models import Appointment
from jingkai.kernel.permissions.api import NotPermitted
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


def leave(cast, name):
    row = Appointment.objects.get(person=cast.person(name))
    today = NOW.date()
    Appointment.objects.filter(pk=row.pk).update(starts_on=today - timedelta(days=100))
    row.refresh_from_db()
    end_appointment(
        appointment=row, ends_on=today - timedelta(days=1), version=row.version, by=SYSTEM, at=NOW
    )


def test_nobodys_task_vanishes(cast):
    """One claimed from the unit, one of a role, one that came to the person by hand."""
    text = """
        start > fork > a > join > end
        fork > b > join
        fork > c > join
        a: pool=quality
        b: pool=role:officer@quality
        c: pool=starter
    """
    case = begin(text, by=cast.officer_quality)
    api.claim_task(task=open_task(case, "a"), by=cast.officer_quality, at=NOW)
    assert api.hand_over_lost(at=NOW) == 0
    leave(cast, "officer_quality")
    leaver = cast.officer_quality.party_id
    assert api.hand_over_lost(at=NOW) == 3
    assert not Task.objects.filter(case=case, assignee_id=leaver).exists()
    construction = cast.unit("construction")
    for row in Task.objects.filter(case=case):
        assert row.assignee_id or row.pool_id
        assert row.pool_id != construction
    assert api.hand_over_lost(at=NOW) == 0


def test_hand_over_to_a_successor(cast):
    case = begin("start > a > end\na: pool=starter", by=cast.clerk)
    with pytest.raises(NotPermitted):
        api.hand_over(person=cast.person("clerk"), to=cast.person("clerk_2"), by=cast.clerk_2, at=NOW)
    head = cast.empower("approval_head", api.MANAGE_TASKS)
    moved = api.hand_over(person=cast.person("clerk"), to=cast.person("clerk_2"), by=head, at=NOW)
    assert moved == 1
    finish(case, "a", "done", by=cast.clerk_2)
