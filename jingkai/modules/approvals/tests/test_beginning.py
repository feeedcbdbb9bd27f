"""Two at once, with real threads: nothing begins twice, nothing is turned twice, nothing is lost."""

from __future__ import annotations

from functools import partial

import pytest

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import ApplicationItem, ItemRun
from jingkai.modules.approvals.testing import moment
from jingkai.modules.approvals.testing.project import Project
from jingkai.modules.approvals.tests.test_races import at_once
from jingkai.records.documents.models import IssuedDocument

pytestmark = pytest.mark.django_db(transaction=True)
HALL_AT = "project"


def test_two_predecessors_that_conclude_at_once_start_their_successor_once(project: Project) -> None:
    matter = project.accepted()
    project.supply(matter, "design-documents")
    project.decide(matter, "filing")
    project.decide(matter, "conditions")
    project.review(matter, "landplan")
    project.review(matter, "design")
    project.sign(matter, "design")
    seal, custodian = project.claim(matter, "k_design", "custodian", "2026-03-06 10:00")
    sign, deputy = project.claim(matter, "s_landplan", "deputy_director", "2026-03-06 10:00")
    at = moment("2026-03-06 11:00")
    done = at_once(
        partial(operations.seal_item, task=seal, by=custodian, at=at),
        partial(operations.sign_item, task=sign, text="同意", by=deputy, at=at),
    )
    assert not [one for one in done if isinstance(one, BaseException)]
    assert project.state(matter, "worksplan") == ItemRun.State.RUNNING
    assert ApplicationItem.objects.filter(application=matter, branch="worksplan").count() == 1
    assert Task.objects.filter(case=matter.case_id, node_id="r_worksplan", state="open").count() == 1
    assert cases.differences(project.hall.case(matter).pk) == []


def test_turning_formal_twice_at_once_issues_every_document_once(project: Project) -> None:
    matter = project.accepted()
    for branch in ("filing", "conditions", "landplan"):
        project.decide(matter, branch)
    project.hand_in_contract(matter)
    project.confirm(matter)
    task, custodian = project.claim(matter, "turn_land_contract", "custodian", "2026-03-10 11:00")
    turn = partial(operations.turn_formal, task=task, by=custodian, at=moment("2026-03-10 11:00"))
    done = at_once(turn, turn)
    assert sum(isinstance(one, PersonFacingError) for one in done) == 1
    formal = IssuedDocument.objects.filter(kind="approvals.result", title="建设用地规划许可证")
    assert formal.count() == 1
