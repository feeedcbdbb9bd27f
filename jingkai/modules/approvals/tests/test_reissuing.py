"""见文换文: a document of the entrusting organ's own, by its own officer, the same day."""

from __future__ import annotations

import pytest

from jingkai.casework.cases import api as cases
from jingkai.casework.clock.models import Clock
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.operations.reissuing import ResultNotValid
from jingkai.modules.approvals.testing import moment
from jingkai.modules.approvals.testing.project import Project

pytestmark = pytest.mark.django_db
HALL_AT = "project"


def sealed(project: Project) -> object:
    matter = project.accepted()
    project.hand_in_contract(matter, at="2026-03-04 09:00")
    project.confirm(matter, at="2026-03-04 10:00")
    for branch in ("filing", "conditions", "landplan"):
        project.decide(matter, branch)
    return matter


def test_the_county_reissues_with_its_own_number_organ_and_seal(project: Project) -> None:
    matter = sealed(project)
    reissue = project.reissue(matter, at="2026-03-05 16:00")  # type: ignore[arg-type]
    document = reissue.document
    assert document is not None
    assert document.number_text == "示县换〔2026〕1号"
    assert document.organ_name == "示范县自然资源和规划局"
    assert document.state == "valid"
    clock = Clock.objects.get(pk=reissue.clock_id)
    assert clock.outcome == "reissued"
    assert clock.on_time


def test_nobody_of_the_zone_reissues(project: Project) -> None:
    matter = sealed(project)
    task = project.hall.task(matter, "x_landplan")  # type: ignore[arg-type]
    for who in ("officer_resources", "custodian", "clerk"):
        with pytest.raises(PersonFacingError):
            cases.claim_task(
                task=task, by=project.actor(who, "2026-03-05 16:00"), at=moment("2026-03-05 16:00")
            )


def test_a_revoked_document_is_not_reissued(project: Project) -> None:
    matter = sealed(project)
    task, officer = project.claim(matter, "x_landplan", "county_officer", "2026-03-05 16:00")  # type: ignore[arg-type]
    decision = project.run(matter, "landplan").item.decision  # type: ignore[arg-type,union-attr]
    operations.revoke_result(
        decision=decision,
        reason="有误",
        by=project.actor("deputy_director", "2026-03-05 16:00"),
        at=moment("2026-03-05 16:00"),
    )
    with pytest.raises(ResultNotValid):
        operations.reissue_result(task=task, by=officer, at=moment("2026-03-05 16:10"))


def test_an_overdue_reissue_is_late(project: Project) -> None:
    matter = sealed(project)
    reissue = project.reissue(matter, at="2026-03-12 16:00")  # type: ignore[arg-type]
    assert Clock.objects.get(pk=reissue.clock_id).on_time is False
