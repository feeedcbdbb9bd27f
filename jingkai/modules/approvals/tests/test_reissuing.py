"""见文换文: a document of the entrusting organ's own, by its own officer, the same day."""

from __future__ import annotations

import pytest

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.testing import open_task
from jingkai.casework.clock.models import Clock
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Delivery
from jingkai.modules.approvals.operations.reissuing import ResultNotValid
from jingkai.modules.approvals.operations.replacing import SealElsewhere
from jingkai.modules.approvals.testing import moment
from jingkai.modules.approvals.testing.project import Project
from jingkai.records.seals.models import Seal

pytestmark = pytest.mark.django_db
HALL_AT = "entrusted"


def test_the_county_reissues_with_its_own_number_organ_and_seal(project: Project) -> None:
    matter = project.entrusted()
    reissue = project.reissue(matter, at="2026-03-05 16:00")
    document = reissue.document
    assert document is not None
    assert document.number_text == "示县换〔2026〕1号"
    assert document.organ_name == "示范县自然资源和规划局"
    assert document.state == "valid"
    clock = Clock.objects.get(pk=reissue.clock_id)
    assert clock.outcome == "reissued"
    assert clock.on_time


def test_nobody_of_the_zone_reissues(project: Project) -> None:
    matter = project.entrusted()
    task = project.hall.task(matter, "x_landplan")
    for who in ("officer_resources", "custodian", "clerk"):
        with pytest.raises(PersonFacingError):
            cases.claim_task(
                task=task, by=project.actor(who, "2026-03-05 16:00"), at=moment("2026-03-05 16:00")
            )


def test_a_revoked_document_is_not_reissued(project: Project) -> None:
    matter = project.entrusted()
    task, officer = project.claim(matter, "x_landplan", "county_officer", "2026-03-05 16:00")
    decision = project.run(matter, "landplan").item.decision  # type: ignore[union-attr]
    operations.revoke_result(
        decision=decision,
        reason="有误",
        by=project.actor("deputy_director", "2026-03-05 16:00"),
        at=moment("2026-03-05 16:00"),
    )
    with pytest.raises(ResultNotValid):
        operations.reissue_result(task=task, by=officer, at=moment("2026-03-05 16:10"))


def test_an_overdue_reissue_is_late(project: Project) -> None:
    matter = project.entrusted()
    reissue = project.reissue(matter, at="2026-03-12 16:00")
    assert Clock.objects.get(pk=reissue.clock_id).on_time is False


def test_the_countys_document_is_issued_anew_under_the_countys_seal(project: Project) -> None:
    matter = project.entrusted()
    reissue = project.reissue(matter, at="2026-03-05 16:00")
    old, at = reissue.document, moment("2026-03-09 10:00")
    assert old is not None
    decision = project.run(matter, "landplan").item.decision  # type: ignore[union-attr]
    asked = operations.ask_for_replacement(
        document=old,
        ground="lost",
        reason="搬迁时遗失",
        by=project.actor("handler", "2026-03-09 10:00"),
        at=at,
    )
    clerk, signer, keeper = (
        project.actor(who, "2026-03-09 10:00") for who in ("clerk", "deputy_director", "county_officer")
    )
    request = operations.send_to_seal(
        replacement=asked, correction="", version=asked.version, by=clerk, at=at
    )
    assert request.seal_code == "county-resources"
    operations.decide_seal_use(
        task=open_task(request.case, "approve"), outcome="agree", text="", by=signer, at=at
    )
    operations.apply_requested(task=open_task(request.case, "apply"), by=keeper, at=at)
    reissue.refresh_from_db()
    new = reissue.document
    assert new is not None
    assert (new.number_text, new.organ_name, new.state) == ("示县换〔2026〕2号", old.organ_name, "valid")
    old.refresh_from_db()
    assert old.state == "replaced"
    seen = decision.document
    decision.refresh_from_db()
    assert decision.document == seen
    assert Delivery.objects.filter(document=new, state="open").exists()


def test_a_department_without_a_seal_here_issues_nothing_anew(project: Project) -> None:
    matter = project.entrusted()
    old, at = project.reissue(matter, at="2026-03-05 16:00").document, moment("2026-03-09 10:00")
    assert old is not None
    asked = operations.ask_for_replacement(
        document=old, ground="lost", reason="遗失", by=project.actor("handler", "2026-03-09 10:00"), at=at
    )
    Seal.objects.filter(code="county-resources").update(state=Seal.State.SUSPENDED)
    with pytest.raises(SealElsewhere):
        operations.send_to_seal(
            replacement=asked,
            correction="",
            version=asked.version,
            by=project.actor("clerk", "2026-03-09 10:00"),
            at=at,
        )
