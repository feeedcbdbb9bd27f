"""The limit of a whole matter: it runs from the start to the end, and every step shows it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import CaseClock, Task
from jingkai.casework.cases.testing import NOW, finish
from jingkai.casework.designer import operations, queries
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.testing import publish_template
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_rules")]

LIMITED = 'isExecutable="true" jk:resubmit="true" jk:limit="office_matter"'


@pytest.fixture
def limited(db: None, cast: Any) -> Design:
    """The blank flow with a limit."""
    design = publish_template("blank")
    drawing = design.bpmn.replace('isExecutable="true"', LIMITED, 1)
    operations.save_drawing(design=design, bpmn=drawing, seen=design.version, by=SYSTEM, at=NOW)
    design.refresh_from_db()
    operations.publish_design(design=design, seen=design.version, by=SYSTEM, at=NOW)
    return design


def test_limit_runs_from_the_start_and_every_step_shows_it(limited: Design, cast: Any) -> None:
    case = operations.start_plain(key=limited.key, title="采购", by=cast.officer_fire, at=NOW)
    row = CaseClock.objects.select_related("clock").get(case=case)
    assert (row.key, row.label, row.label_en) == ("office_matter", "内部事项办理", "Matter of the office")
    assert row.clock.due_on == date(2026, 3, 16)
    case.refresh_from_db()
    task = Task.objects.get(case=case, state="open")
    assert task.due_at == case.due_at == row.clock.due_at
    assert cases.differences(case.pk) == []


def test_limit_stops_when_the_matter_is_withdrawn_and_runs_anew(limited: Design, cast: Any) -> None:
    officer, later = cast.officer_fire, NOW + timedelta(days=1)
    case = operations.start_plain(key=limited.key, title="采购", by=officer, at=NOW)
    cases.withdraw_case(case=case, by=officer, at=NOW)
    run_jobs()
    run_jobs()
    first = CaseClock.objects.select_related("clock").get(case=case)
    assert (first.clock.state, first.clock.outcome) == ("stopped", "withdrawn")
    cases.resubmit_case(case=case, by=officer, at=later)
    run_jobs()
    case.refresh_from_db()
    second = CaseClock.objects.select_related("clock").filter(case=case).latest("pk")
    assert second.pk != first.pk
    assert second.clock.state == "running"
    assert case.due_at == second.clock.due_at
    finish(case, "apply", "submit", by=officer)
    run_jobs()
    second.clock.refresh_from_db()
    assert second.clock.state == "stopped"
    assert cases.differences(case.pk) == []


def test_unknown_limit_is_a_fault_before_publishing(limited: Design) -> None:
    drawing = limited.bpmn.replace("office_matter", "nothing")
    (fault,) = [one for one in queries.remarks_on(limited, bpmn=drawing) if one.level == "fault"]
    assert "nothing" in fault.message
