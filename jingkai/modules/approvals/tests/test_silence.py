"""Nobody answers in five working days: the application is accepted on the day of receipt (行政许可法 32)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jingkai.casework.cases import api as cases
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.models import Application, Submission
from jingkai.modules.approvals.operations import silence
from jingkai.modules.approvals.testing import Hall

pytestmark = pytest.mark.django_db


def wait_for_silence(hall: Hall, application: Application, *, days: int = 0) -> date:
    """Let the acceptance clock end, and so many days pass; gives the day of receipt."""
    clock = hall.clock(application, "acceptance")
    hall.travel(clock.due_at + timedelta(days=days, minutes=1))
    enqueue("clock.lapse")
    run_jobs()
    return clock.started_on


def test_silence_accepts_on_the_day_of_receipt_and_says_so(hall: Hall) -> None:
    application = hall.bring_to("submitted")
    received = wait_for_silence(hall, application)
    application = hall.fresh(application)
    assert application.state == Application.State.ACCEPTED
    assert application.submissions.get().outcome == Submission.Outcome.ACCEPTED
    clock = hall.clock(application, "acceptance")
    assert (clock.state, clock.on_time, clock.lapsed_at is not None) == ("stopped", False, True)
    started = {hall.clock(application, branch).started_on for branch in ("fire", "quality", "airdefence")}
    assert started == {received}
    assert application.acceptance_notice is not None
    assert Notice.objects.filter(kind="accepted", to=application.handler_id).count() == 1
    assert hall.case(application).state == "open"
    actions = [line.action for line in entries_of(hall.case(application))]
    assert "application.deemed_accepted" in actions


def test_silence_speaks_once_and_not_before_its_time(hall: Hall) -> None:
    application = hall.bring_to("submitted")
    clock = hall.clock(application, "acceptance")
    hall.travel(clock.due_at - timedelta(minutes=1))
    enqueue("clock.lapse")
    run_jobs()
    assert hall.fresh(application).state == Application.State.SUBMITTED
    wait_for_silence(hall, application, days=3)
    version = hall.fresh(application).version
    for _again in range(2):
        enqueue("clock.lapse_one", clock_id=clock.pk)
        run_jobs()
    assert hall.fresh(application).version == version
    assert cases.differences(hall.case(application).pk) == []


def test_answered_applications_and_other_clocks_are_left_alone(hall: Hall) -> None:
    accepted = hall.bring_to("accepted")
    fire = hall.clock(accepted, "fire")
    hall.travel(fire.due_at + timedelta(days=2))
    enqueue("clock.lapse")
    run_jobs()
    assert hall.clock(accepted, "fire").state == "running"
    assert not silence.deem_accepted(clock_id=fire.pk, by=SYSTEM, at=fire.due_at)


def test_silence_after_corrections_counts_from_their_receipt(hall: Hall) -> None:
    application = hall.bring_to("submitted")
    code = application.package.materials.filter(required=True).values_list("code", flat=True)[0]
    submitted = application.submissions.get().submitted_at
    hall.correct(application, {code: "缺少签章"}, at=submitted + timedelta(hours=3))
    supplied = submitted + timedelta(days=1)
    hall.give(application, code, at=supplied)
    hall.supply(application, at=supplied)
    received = wait_for_silence(hall, application)
    assert received == (supplied + timedelta(hours=8)).date()
    assert hall.clock(application, "fire").started_on == received
