"""Simulated approvals: conditional results, what makes them formal, conditions that never come."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.casework.cases import api as cases
from jingkai.casework.clock.models import Clock
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import jobs, operations, queries, rules
from jingkai.modules.approvals.models import Application, ConditionRun, ItemRun
from jingkai.modules.approvals.operations.conditions import ConditionSettled
from jingkai.modules.approvals.testing import moment
from jingkai.modules.approvals.testing.project import Project

pytestmark = pytest.mark.django_db
HALL_AT = "simulated"
FOUR = ("landplan", "handover", "worksplan", "permit")


def test_four_items_are_reviewed_in_full_and_get_conditional_results(project: Project) -> None:
    matter = project.simulated()
    for branch in FOUR:
        run = project.run(matter, branch)
        assert run.state == ItemRun.State.CONDITIONAL
        assert run.conditional is not None
        assert run.item is not None
        assert "模拟审批" in run.conditional.title
        assert run.conditional.number_text.startswith("示开模审〔2026〕")
        assert run.item.decision.document is None
        assert Clock.objects.get(pk=run.item.clock_id).outcome == "conditional"
    assert project.condition(matter).valid_until == date(2026, 9, 1)


def test_the_contract_turns_all_four_formal_in_one_step(project: Project) -> None:
    matter = project.simulated()
    project.hand_in_contract(matter)
    project.confirm(matter)
    turned = project.turn(matter)
    assert len(turned.done) == 4
    assert not turned.left
    for branch in FOUR:
        run = project.run(matter, branch)
        assert run.state == ItemRun.State.GRANTED
        assert run.item is not None
        assert run.conditional is not None
        document = run.item.decision.document
        assert document is not None
        assert document.state == "valid"
        assert run.conditional.state == "replaced"
        assert run.conditional.replaced_by_id == document.pk
    turning = project.condition(matter).turning
    assert turning is not None
    assert Clock.objects.get(pk=turning.pk).outcome == "turned"
    assert cases.differences(project.hall.case(matter).pk) == []


def test_a_condition_that_comes_twice_is_met_once(project: Project) -> None:
    matter = project.simulated()
    task = project.hand_in_contract(matter)
    project.supply(matter, "land-contract", at="2026-03-10 09:30")
    clerk = project.actor("clerk", "2026-03-10 10:00")
    operations.confirm_condition(task=task, number="B00012", by=clerk, at=moment("2026-03-10 10:00"))
    with pytest.raises((ConditionSettled, cases.TaskNotOpen)):
        operations.confirm_condition(task=task, number="B00012", by=clerk, at=moment("2026-03-10 10:01"))
    project.turn(matter)
    with pytest.raises(operations.NotYours):
        project.supply(matter, "land-contract", at="2026-03-11 09:30")
    assert ConditionRun.objects.filter(application=matter).count() == 1


def test_a_wrong_document_is_refused_and_the_right_one_awaited(project: Project) -> None:
    matter = project.simulated()
    task = project.hand_in_contract(matter)
    clerk = project.actor("clerk", "2026-03-10 10:00")
    operations.refuse_condition(task=task, reason="不是本地块的合同", by=clerk, at=moment("2026-03-10 10:00"))
    assert project.condition(matter).state == ConditionRun.State.WAITING
    assert project.state(matter, "landplan") == ItemRun.State.CONDITIONAL
    project.hand_in_contract(matter, at="2026-03-11 09:00")
    project.confirm(matter, at="2026-03-11 10:00")
    assert len(project.turn(matter, at="2026-03-11 11:00").done) == 4


def test_an_item_denied_meanwhile_is_not_turned(project: Project) -> None:
    matter = project.accepted()
    project.supply(matter, "design-documents")
    for branch in ("filing", "conditions", "landplan"):
        project.decide(matter, branch)
    project.decide(matter, "handover", "object")
    project.hand_in_contract(matter)
    project.confirm(matter)
    turned = project.turn(matter)
    assert [decision.item.branch for decision in turned.done] == ["landplan"]
    assert project.state(matter, "handover") == ItemRun.State.DENIED


def test_an_item_whose_power_ended_meanwhile_stays_and_the_others_turn(project: Project) -> None:
    matter = project.simulated()
    project.hand_in_contract(matter)
    project.confirm(matter)
    project.end_power(11, at="2026-03-10 10:30")
    turned = project.turn(matter)
    assert [name for name, _why in turned.left] == ["建设工程规划许可"]
    assert len(turned.done) == 3
    assert project.state(matter, "worksplan") == ItemRun.State.CONDITIONAL
    with pytest.raises(rules.NoValidPower):
        project.turn(matter, at="2026-03-10 11:30")


def test_nothing_is_signed_without_a_power(project: Project) -> None:
    matter = project.accepted()
    project.review(matter, "filing")
    project.end_power(2, at="2026-03-05 10:30")
    with pytest.raises(rules.NoValidPower):
        project.sign(matter, "filing")


def test_with_the_condition_met_before_results_are_formal_at_once(project: Project) -> None:
    matter = project.accepted()
    project.hand_in_contract(matter, at="2026-03-04 09:00")
    project.confirm(matter, at="2026-03-04 10:00")
    for branch in ("filing", "conditions", "landplan"):
        project.decide(matter, branch)
    run = project.run(matter, "landplan")
    assert run.state == ItemRun.State.GRANTED
    assert run.conditional is None
    assert not run.simulated


def test_a_condition_that_never_comes_is_warned_of_and_then_given_up(project: Project) -> None:
    matter = project.simulated()
    project.hall.travel("2026-08-10 01:10")
    assert queries.conditions_due_soon(on=date(2026, 8, 10)) == [project.condition(matter).pk]
    jobs.watch_conditions()
    assert queries.conditions_due_soon(on=date(2026, 8, 11)) == []
    project.hall.travel("2026-09-02 01:10")
    jobs.watch_conditions()
    condition = project.condition(matter)
    assert condition.state == ConditionRun.State.LAPSED
    for branch in FOUR:
        run = project.run(matter, branch)
        assert run.state == ItemRun.State.LAPSED
        assert "国有建设用地使用权出让合同" in run.reason
        assert run.conditional is not None
        assert run.conditional.state == "revoked"
    assert not operations.lapse_condition(condition_id=condition.pk, by=SYSTEM, at=moment("2026-09-03 01:10"))
    assert cases.differences(project.hall.case(matter).pk) == []
    page = _page(project, "deputy_director", reverse("inbox:case", args=[project.hall.case(matter).uuid]))
    journey = page.split('<ol class="journey"', 1)[1].split("</ol>", 1)[0]
    assert "条件逾期未满足" in journey, "the journey says why the waits are over"


def test_a_condition_is_handed_in_by_the_enterprise_or_the_window_alone(project: Project) -> None:
    matter = project.simulated()
    may = {
        who: rules.may_add_application_files(
            project.actor(who, "2026-03-10 10:00"), matter.pk, "land-contract"
        )
        for who in ("handler", "clerk", "other_handler", "catalogue_editor", "officer_fire")
    }
    assert [who for who, allowed in may.items() if allowed] == ["handler", "clerk"]


def test_a_document_that_came_in_time_is_checked_before_anything_lapses(project: Project) -> None:
    matter = project.simulated()
    project.supply(matter, "land-contract", at="2026-08-31 16:00")
    lapsed = operations.lapse_condition(
        condition_id=project.condition(matter).pk, by=SYSTEM, at=moment("2026-09-02 01:10")
    )
    assert not lapsed
    assert project.state(matter, "landplan") == ItemRun.State.CONDITIONAL


def test_an_item_still_reviewed_when_its_condition_lapses_ends_at_the_signature(project: Project) -> None:
    matter = project.accepted()
    for branch in ("filing", "conditions", "landplan"):
        project.decide(matter, branch)
    project.review(matter, "handover")
    operations.lapse_condition(
        condition_id=project.condition(matter).pk, by=SYSTEM, at=moment("2026-09-02 01:10")
    )
    project.hall.travel("2026-09-02 09:00")
    told, signing = "国有建设用地使用权出让合同未按期取得", "办结本事项（不出具结果）"
    assert told in _page(project, "handler", reverse("approvals:matter", args=[matter.uuid]))
    address = reverse("inbox:case", args=[project.hall.case(matter).uuid])
    project.hall.claim(matter, "s_handover", "deputy_director", at="2026-09-02 09:30")
    page = _page(project, "deputy_director", address)
    assert told in page
    assert signing in page, "nobody is asked to sign a conditional result any more"
    project.sign(matter, "handover", at="2026-09-02 10:00")
    assert project.state(matter, "handover") == ItemRun.State.LAPSED


def _page(project: Project, who: str, address: str) -> str:
    client = Client()
    project.hall.log_in(client, who)
    return client.get(address).content.decode()


def test_the_whole_package_ends_with_every_result(project: Project) -> None:
    matter = project.simulated()
    for branch in ("registration", "eia", "energy", "discharge", "waste"):
        project.decide(matter, branch, on="2026-03-09")
    project.hand_in_contract(matter)
    project.confirm(matter)
    project.turn(matter)
    assert project.hall.case(matter).state == "open"
    project.reissue(matter)
    fresh = project.hall.fresh(matter)
    assert fresh.state == Application.State.DECIDED
    assert set(project.states(matter).values()) == {ItemRun.State.GRANTED}
    assert not Clock.objects.exclude(state="stopped").exists()
