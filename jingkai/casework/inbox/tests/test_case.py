"""The page of a case: who may read it, what it tells, and the acts on its tasks."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Opinion, Task
from jingkai.casework.cases.testing import NOW, finish, open_nodes, open_task
from jingkai.casework.clock import api as clock
from jingkai.casework.inbox.api import TaskPanel, task_panels
from jingkai.casework.inbox.web.shown import journey, people
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.hooks.api import case_tabs, cockpit_tiles
from jingkai.kernel.hooks.data import CaseTab, CockpitTile
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
PAGES = ("case", "clocks", "print", "flow")


def address(name, case):
    return reverse(f"inbox:{name}", args=[case.uuid])


def text(response):
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


@pytest.fixture
def reviewed(timed_case, cast):
    """Accepted; fire review is on hold for experts, air defence is done, quality waits in its pool."""
    finish(timed_case, "accept", "accept", by=cast.clerk, opinion="材料齐全")
    limit = clock.get_limit("fire_design_review", on=NOW.date(), promised=7)
    fire = clock.start_clock(limit=limit, label="消防审查", label_en="Fire review", by=SYSTEM, at=NOW)
    cases.attach_clock(case=timed_case, key="fire", clock=fire, branch="fire", by=SYSTEM, at=NOW)
    cases.claim_task(task=open_task(timed_case, "fire"), by=cast.officer_fire, at=NOW)
    later = NOW + timedelta(days=3)
    clock.suspend_clock(clock=fire, reason="expert_review", basis="告知书1号", by=cast.officer_fire, at=later)
    cases.refresh_clock(clock=fire, at=later, case_id=timed_case.pk)
    finish(
        timed_case,
        "airdefence",
        "agree",
        by=cast.officer_airdefence,
        at=later,
        opinion="图纸符合要求，同意。",
    )
    with time_machine.travel(later + timedelta(days=1), tick=False):
        yield timed_case


@pytest.mark.parametrize("page", PAGES)
def test_only_who_takes_part_reads_a_case(page, reviewed, browser, client, cast):
    assert browser(cast.officer_quality).get(address(page, reviewed)).status_code == 200
    assert browser(cast.leader).get(address(page, reviewed)).status_code == 200
    stranger = browser(cast.system_admin)
    refused = stranger.get(address(page, reviewed))
    assert refused.status_code == 403
    assert "不能查看" in refused.content.decode()
    assert client.get(address(page, reviewed)).status_code == 302


def test_an_address_without_a_case_is_told_in_words(browser, cast):
    answer = browser(cast.leader).get(reverse("inbox:case", args=[uuid4()]))
    assert answer.status_code == 404
    assert "没有办件" in answer.content.decode()


def test_the_page_says_who_has_it_since_when_and_for_how_long(reviewed, browser, cast):
    page = text(browser(cast.leader).get(address("case", reviewed)))
    assert "王消防 · 消防审验中心" in page
    assert "质量安全监督站 · 待领取" in page
    assert "暂停 · 专家评审" in page
    assert "图纸符合要求，同意。" in page
    assert "陈人防" in page


def test_the_page_costs_few_queries(reviewed, browser, cast, django_assert_max_num_queries):
    client = browser(cast.officer_quality)
    client.get(address("case", reviewed))
    with django_assert_max_num_queries(7):  # four of every page, two of its own, one of the hall
        text(client.get(address("case", reviewed)))


def test_the_journey_is_newest_first_and_shows_holds(reviewed, browser, cast):
    response = browser(cast.leader).get(address("case", reviewed))
    titles = [step.title for step in response.context["steps"]]
    assert titles[:2] == ["质安审查", "消防审查"]
    assert titles[-1] == "start"
    assert "消防审查 · 暂停计时" in titles
    moments = [step.at for step in response.context["steps"][2:]]
    assert moments == sorted(moments, reverse=True)
    hold = next(step for step in response.context["steps"] if step.title == "消防审查 · 暂停计时")
    assert hold.who == "王消防", "in the reader's language"


def test_the_ledger_page_answers_why_a_clock_stands_or_runs(reviewed, browser, cast):
    page = text(browser(cast.leader).get(address("clocks", reviewed)))
    assert "告知书1号" in page
    assert "专家评审" in page


def test_the_trail_needs_its_right_and_is_verified(reviewed, browser, cast):
    assert browser(cast.officer_fire).get(address("trail", reviewed)).status_code == 403
    page = text(browser(cast.leader).get(address("trail", reviewed)))
    assert "校验完好" in page


def test_the_sheet_holds_every_opinion_and_a_place_for_those_to_come(reviewed, browser, cast):
    page = text(browser(cast.leader).get(address("print", reviewed)))
    assert "图纸符合要求，同意。" in page
    assert "办件办理单" in page or "办理单" in page
    assert "签名" in page


def test_the_handlers_of_the_applicant_are_masked(approval_flow, approval_case, browser, cast):
    finish(approval_case, "accept", "correct", by=cast.clerk)
    finish(approval_case, "supplement", "supplied", by=cast.handler)
    page = text(browser(cast.clerk).get(address("case", approval_case)))
    assert "秦**" in page
    assert "秦经办" not in page


def test_a_pool_member_may_claim_and_the_holder_gets_the_module_s_form(timed_case, browser, cast):
    assert "领取" in text(browser(cast.clerk).get(address("case", timed_case)))
    cases.claim_task(task=open_task(timed_case, "accept"), by=cast.clerk, at=NOW)
    mine = text(browser(cast.clerk).get(address("case", timed_case)))
    assert 'name="outcome" value="correct"' in mine
    others = text(browser(cast.clerk_2).get(address("case", timed_case)))
    assert 'name="outcome"' not in others


def test_a_step_without_a_form_is_finished_with_an_opinion(timed_case, browser, cast):
    task = open_task(timed_case, "accept")
    cases.claim_task(task=task, by=cast.clerk, at=NOW)
    sent = with_token({"outcome": "accept", "text": "齐全"}, user=login_of(cast.clerk))
    answer = browser(cast.clerk).post(reverse("inbox:complete", args=[task.uuid]), sent)
    assert answer.status_code == 302
    assert Opinion.objects.get(task=task).text == "齐全"
    assert open_nodes(timed_case) == {"fire", "airdefence", "quality"}


def test_an_unknown_outcome_is_refused_and_what_was_written_is_kept(timed_case, browser, cast):
    task = open_task(timed_case, "accept")
    sent = with_token({"outcome": "sealed", "text": "写了很多"}, user=login_of(cast.clerk))
    answer = browser(cast.clerk).post(reverse("inbox:complete", args=[task.uuid]), sent)
    assert answer.status_code == 422
    assert "写了很多" in answer.content.decode()


def test_handing_over_goes_to_a_colleague_of_the_unit_only(timed_case, browser, cast):
    task = open_task(timed_case, "accept")
    cases.claim_task(task=task, by=cast.clerk, at=NOW)
    client, where = browser(cast.clerk), reverse("inbox:transfer", args=[task.uuid])
    form = text(client.get(where))
    assert "周窗口" in form
    assert "王消防" not in form
    wrong = with_token({"to": cast.officer_fire.party_id}, user=login_of(cast.clerk))
    assert client.post(where, wrong).status_code == 422
    sent = with_token({"to": cast.clerk_2.party_id, "reason": "请假"}, user=login_of(cast.clerk))
    assert client.post(where, sent).status_code == 302
    task.refresh_from_db()
    assert task.assignee_id == cast.clerk_2.party_id


def test_somebody_else_s_task_cannot_be_handed_over_released_or_finished(timed_case, browser, cast):
    task = open_task(timed_case, "accept")
    cases.claim_task(task=task, by=cast.clerk, at=NOW)
    client, user = browser(cast.clerk_2), login_of(cast.clerk_2)
    sent = {
        "transfer": {"to": cast.clerk_2.party_id},
        "send_back": {"to": "accept", "reason": "x"},
        "release": {},
        "complete": {"outcome": "accept"},
    }
    for name, data in sent.items():
        address = reverse(f"inbox:{name}", args=[task.uuid])
        assert client.post(address, with_token(data, user=user)).status_code == 403, name
        assert client.get(address).status_code == (405 if name == "complete" else 403), name
    task.refresh_from_db()
    assert (task.state, task.assignee_id) == (Task.State.OPEN, cast.clerk.party_id)


def test_giving_back_puts_a_task_into_its_pool(timed_case, browser, cast):
    task = open_task(timed_case, "accept")
    cases.claim_task(task=task, by=cast.clerk, at=NOW)
    client, where = browser(cast.clerk), reverse("inbox:release", args=[task.uuid])
    text(client.get(where))
    assert client.post(where, with_token({"reason": "外出"}, user=login_of(cast.clerk))).status_code == 302
    task.refresh_from_db()
    assert task.assignee_id is None


def test_sending_back_needs_words_and_an_earlier_step(reviewed, browser, cast):
    finish(reviewed, "quality", "agree", by=cast.officer_quality)
    finish(reviewed, "fire", "agree", by=cast.officer_fire)
    task = open_task(reviewed, "summarise")
    cases.claim_task(task=task, by=cast.officer_fire, at=NOW)
    client, user = browser(cast.officer_fire), login_of(cast.officer_fire)
    where = reverse("inbox:send_back", args=[task.uuid])
    assert client.post(where, with_token({"to": "fire", "reason": ""}, user=user)).status_code == 422
    assert client.post(where, with_token({"to": "seal", "reason": "x"}, user=user)).status_code == 422
    sent = with_token({"to": "quality", "reason": "请补充监督计划"}, user=user)
    assert client.post(where, sent).status_code == 302
    assert open_nodes(reviewed) == {"quality"}
    page = text(client.get(address("case", reviewed)))
    assert "请补充监督计划" in page


def test_modules_hang_in_panels_and_sections_by_kind(timed_case, browser, cast, settings, tmp_path):
    (tmp_path / "panel.html").write_text("module form of {{ task.node_id }} {{ extra }}")
    (tmp_path / "section.html").write_text("<section>facts of {{ case.reference }} {{ number }}</section>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    shown = CaseTab(
        key="t", label="T", template="section.html", context=lambda _r, case_id: {"number": case_id}
    )
    other = CaseTab(
        key="o",
        label="O",
        template="section.html",
        context=lambda _r, _c: {"number": "other"},
        kinds=("loan",),
    )
    hidden = CaseTab(key="h", label="H", template="section.html", context=lambda _r, _c: None)
    panel = TaskPanel("tests.accept", "panel.html", lambda _request, _task: {"extra": "here"})
    with task_panels.including(panel), case_tabs.only(shown, other, hidden):
        page = text(browser(cast.clerk).get(address("case", timed_case)))
    assert f"facts of SP2026-00001 {timed_case.pk}" in page
    assert page.count("facts of") == 1


def test_sections_and_tiles_are_for_whoever_holds_their_right(timed_case, browser, cast):
    asked = []
    told = {"label": "T", "template": "-", "context": lambda _r, _s: asked.append("told")}
    tab = CaseTab(key="t", permission="audit.see", **told)
    tile = CockpitTile(key="t", permission="audit.see", **told)
    with case_tabs.only(tab), cockpit_tiles.only(tile):
        browser(cast.clerk).get(address("case", timed_case))
        assert browser(cast.leader).get(reverse("inbox:tile", args=["t"])).status_code == 404
        assert asked == []
        browser(cast.empower("clerk_2", "audit.see")).get(address("case", timed_case))
        assert asked == ["told"]
        browser(cast.empower("deputy_director", "audit.see")).get(reverse("inbox:tile", args=["t"]))
        assert asked == ["told", "told"]


def test_who_deals_with_the_zone_is_named_by_one_character():
    outside = SimpleNamespace(kind="enterprise")
    person = SimpleNamespace(kind="person", name="秦经办", name_en="Qin")
    task = SimpleNamespace(
        pool=outside, on_behalf_of=None, closed_by=person, assignee=person, name="补正", name_en="Correct"
    )
    trail = SimpleNamespace(entry=SimpleNamespace(actor_kind="enterprise"), who="秦经办")
    said = {"name": "秦经办", "name_en": "Qin", "text": "无", "at": NOW.isoformat()}
    assert people.applicant_name(person) == people.actor_name(trail) == people.person_of(task) == "秦**"
    assert journey._asked(task, said).who == "秦**"


def test_the_page_is_complete_in_english(reviewed, browser, cast):
    client = browser(cast.leader)
    client.cookies["django_language"] = "en"
    page = text(client.get(address("case", reviewed)))
    assert "Second factory hall" in page
    assert "On hold" in page
    assert "Fire review" in page


def test_a_step_with_a_module_s_form_is_not_finished_by_the_general_one(publish_flow, browser, cast):
    publish_flow("formed", "start > a > end\n a: pool=approval outcomes=done form=elsewhere.sign")
    case = cases.start_case(
        flow_key="formed", kind="formed", title="有表单", reference="F1", by=cast.clerk, at=NOW
    )
    task = open_task(case, "a")
    cases.claim_task(task=task, by=cast.clerk, at=NOW)
    client = browser(cast.clerk)
    page = text(client.get(address("case", case)))
    assert "模块未启用" in page
    sent = with_token({"outcome": "done"}, user=login_of(cast.clerk))
    answer = client.post(reverse("inbox:complete", args=[task.uuid]), sent)
    assert answer.status_code == 409
    task.refresh_from_db()
    assert task.state == Task.State.OPEN


def test_a_unit_of_one_hands_over_to_the_unit_above(reviewed, browser, cast):
    task = open_task(reviewed, "quality")
    cases.claim_task(task=task, by=cast.officer_quality, at=NOW)
    answer = browser(cast.officer_quality).get(reverse("inbox:transfer", args=[task.uuid]))
    assert answer.status_code == 409  # the construction bureau above has nobody in this cast
    assert "没有其他人" in answer.content.decode()


@pytest.mark.parametrize("page", ["case", "clocks", "trail", "print"])
def test_no_page_names_the_applicant_s_people_in_full(page, timed_case, browser, cast):
    finish(timed_case, "accept", "correct", by=cast.clerk)
    finish(timed_case, "supplement", "supplied", by=cast.handler)
    shown = text(browser(cast.leader).get(address(page, timed_case)))
    assert "秦经办" not in shown


def test_a_deputy_acts_under_both_names(timed_case, browser, cast):
    from datetime import date

    from jingkai.kernel.organisation.api import delegate

    task = open_task(timed_case, "accept")
    cases.claim_task(task=task, by=cast.clerk, at=NOW)
    delegate(
        from_person=cast.person("clerk"),
        to_person=cast.person("officer_fire"),
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 5),
        reason="休假",
        by=cast.clerk,
        at=NOW,
    )
    client = browser(cast.officer_fire)
    page = text(client.get(address("case", timed_case)))
    assert "您正代李受理办理" in page
    sent = with_token({"outcome": "accept", "text": "同意受理"}, user=login_of(cast.officer_fire))
    assert client.post(reverse("inbox:complete", args=[task.uuid]), sent).status_code == 302
    shown = text(client.get(address("case", timed_case)))
    assert "李受理" in shown
    assert "王消防" in shown
