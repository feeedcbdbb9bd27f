"""The acts of routing in the browser: who may, what is asked first, done once, seen by whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Reading, Task, Urge
from jingkai.casework.cases.testing import NOW, finish, open_nodes, open_task
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db

LEAVE = """
    start > apply > boss > file > end
    apply: name=申请 nameEn=Apply pool=starter outcomes=submit
    boss: name=审批 nameEn=Approve pool=unit:fire outcomes=agree,refuse batch=true
    file: name=归档 nameEn=File pool=unit:approval outcomes=done
"""


def at_task(name: str, task: Task) -> str:
    return reverse(f"inbox:{name}", args=[task.uuid])


def send(client: Any, actor: Any, address: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(address, with_token(data or {}, user=login_of(actor)))


@pytest.fixture
def leave(publish_flow: Any, cast: Any) -> Any:
    """A clerk's own matter; the fire centre approves, the approval bureau files it."""
    publish_flow("leave", LEAVE)
    return start_leave(cast, "L1")


def start_leave(cast: Any, reference: str) -> Any:
    case = cases.start_case(
        flow_key="leave", kind="leave", title="年休假", reference=reference, by=cast.clerk, at=NOW
    )
    finish(case, "apply", "submit", by=cast.clerk)
    return case


@pytest.fixture
def held(leave: Any, cast: Any) -> Task:
    """The approval, claimed by an officer."""
    return cases.claim_task(task=open_task(leave, "boss"), by=cast.officer_fire, at=NOW)


WRONG = ("add_signer", "entrust", "give_opinion", "take_back", "remove_signer", "recall", "urge")


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_person_is_refused_before_a_form_is_read(name, held, browser, cast):
    for who in (cast.officer_fire_2, cast.officer_quality):
        client = browser(who)
        wanted = (405,) if name == "give_opinion" else (403,)
        assert client.get(at_task(name, held)).status_code in (*wanted, 403)
        assert send(client, who, at_task(name, held), {"to": 1, "text": "x"}).status_code == 403
    held.refresh_from_db()
    assert (held.state, held.assignee_id) == ("open", cast.officer_fire.party_id)
    assert not Urge.objects.exists()


def test_a_further_signer_is_added_once_and_taken_off_again(held, browser, cast):
    client, where = browser(cast.officer_fire), at_task("add_signer", held)
    assert "褚质安" in client.get(where).content.decode()
    sent = with_token(
        {"to": cast.officer_quality.party_id, "where": "beside", "reason": "会签"},
        user=login_of(cast.officer_fire),
    )
    assert client.post(where, sent).status_code == client.post(where, sent).status_code == 302
    signer = Task.objects.get(case=held.case, added="beside")
    page = client.get(reverse("inbox:case", args=[held.case.uuid])).content.decode()
    assert "并加签" in page
    assert at_task("remove_signer", signer) in page
    stranger = browser(cast.officer_quality)
    assert send(stranger, cast.officer_quality, at_task("remove_signer", signer)).status_code == 403
    assert send(client, cast.officer_fire, at_task("remove_signer", signer)).status_code == 302
    signer.refresh_from_db()
    assert signer.state == "cancelled"
    assert open_nodes(held.case) == {"boss"}


def test_who_is_asked_for_an_opinion_gives_it_and_the_holder_decides(held, browser, cast):
    client = browser(cast.officer_fire)
    data = {"to": cast.officer_quality.party_id, "reason": "请看质量"}
    assert send(client, cast.officer_fire, at_task("entrust", held), data).status_code == 302
    adviser = browser(cast.officer_quality)
    case = reverse("inbox:case", args=[held.case.uuid])
    page = adviser.get(case).content.decode()
    assert at_task("give_opinion", held) in page
    assert 'name="outcome"' not in page
    empty = send(adviser, cast.officer_quality, at_task("give_opinion", held), {"text": ""})
    assert empty.status_code == 422
    given = {"text": "质量没有问题"}
    assert send(adviser, cast.officer_quality, at_task("give_opinion", held), given).status_code == 302
    held.refresh_from_db()
    assert held.assignee_id == cast.officer_fire.party_id
    page = client.get(case).content.decode()
    assert "质量没有问题" in page
    assert "褚质安" in page
    finish(held.case, "boss", "agree", by=cast.officer_fire, opinion="同意")
    opinions = client.get(case).context["opinions"]
    assert [(one.who, one.text) for one in opinions] == [("褚质安", "质量没有问题"), ("王消防", "同意")]


def test_an_entrusted_task_is_taken_back_by_its_holder(held, browser, cast):
    cases.entrust_task(task=held, to=cast.officer_quality.party_id, by=cast.officer_fire, at=NOW)
    assert browser(cast.officer_quality).get(at_task("take_back", held)).status_code == 403
    client = browser(cast.officer_fire)
    assert client.get(at_task("take_back", held)).status_code == 200
    assert send(client, cast.officer_fire, at_task("take_back", held)).status_code == 302
    held.refresh_from_db()
    assert (held.assignee_id, held.owner_id) == (cast.officer_fire.party_id, None)


def test_one_s_own_step_is_taken_back_until_somebody_goes_on(held, browser, cast):
    finish(held.case, "boss", "agree", by=cast.officer_fire)
    client, case = browser(cast.officer_fire), reverse("inbox:case", args=[held.case.uuid])
    assert at_task("recall", held) in client.get(case).content.decode()
    assert browser(cast.clerk_2).get(at_task("recall", held)).status_code == 403
    assert send(client, cast.officer_fire, at_task("recall", held)).status_code == 302
    assert open_nodes(held.case) == {"boss"}
    again = finish(held.case, "boss", "agree", by=cast.officer_fire)
    last = Task.objects.filter(case=again, node_id="boss", state="done").order_by("-pk")[0]
    later = NOW + timedelta(hours=1)
    cases.claim_task(task=open_task(held.case, "file"), by=cast.clerk_2, at=later)
    assert at_task("recall", last) not in client.get(case).content.decode()
    assert send(client, cast.officer_fire, at_task("recall", last)).status_code == 409


def test_a_case_is_withdrawn_by_its_starter_only(held, browser, cast):
    where = reverse("inbox:withdraw", args=[held.case.uuid])
    assert browser(cast.officer_fire).get(where).status_code == 403
    client = browser(cast.clerk)
    assert client.get(where).status_code == 200
    assert send(client, cast.clerk, where, {"reason": "改期"}).status_code == 302
    held.case.refresh_from_db()
    assert held.case.state == "withdrawn"
    again = reverse("inbox:resubmit", args=[held.case.uuid])
    assert send(client, cast.clerk, again).status_code == 409  # its flow does not say so
    assert send(browser(cast.officer_fire), cast.officer_fire, again).status_code == 403


def test_a_withdrawn_case_is_submitted_again_where_the_flow_says_so(publish_flow, browser, cast):
    from jingkai.casework.flow.testing import bpmn

    drawing = bpmn("leave2", LEAVE).replace(b"<process ", b'<process jk:resubmit="true" ')
    from jingkai.casework.flow.api import publish
    from jingkai.kernel.permissions.data import SYSTEM

    publish(key="leave2", bpmn=drawing, by=SYSTEM, at=NOW)
    case = cases.start_case(
        flow_key="leave2", kind="leave", title="年休假", reference="L9", by=cast.clerk, at=NOW
    )
    cases.withdraw_case(case=case, by=cast.clerk, at=NOW)
    client = browser(cast.clerk)
    assert "重新提交" in client.get(reverse("inbox:case", args=[case.uuid])).content.decode()
    assert send(client, cast.clerk, reverse("inbox:resubmit", args=[case.uuid])).status_code == 302
    assert open_nodes(case) == {"apply"}


def test_an_applicant_s_matter_is_not_withdrawn_here(approval_case, browser, cast):
    where = reverse("inbox:withdraw", args=[approval_case.uuid])
    assert browser(cast.clerk).get(where).status_code == 403


def test_readers_get_the_case_once_and_their_receipt_is_seen(held, browser, cast):
    client, where = browser(cast.officer_fire), reverse("inbox:circulate", args=[held.case.uuid])
    assert browser(cast.officer_quality).get(where).status_code == 403
    assert send(client, cast.officer_fire, where, {"note": "x"}).status_code == 422
    data = {"people": [cast.leader.party_id], "units": [cast.unit("quality")], "note": "请知悉"}
    sent = with_token(data, user=login_of(cast.officer_fire))
    assert client.post(where, sent).status_code == client.post(where, sent).status_code == 302
    assert Reading.objects.filter(case=held.case).count() == 2
    reader = browser(cast.officer_quality)
    desk = reader.get(reverse("inbox:desk"), {"tab": "read"})
    assert "年休假" in desk.content.decode()
    assert [tab.count.number for tab in desk.context["tabs"] if "read" in tab.url] == [1]
    reading = Reading.objects.get(reader_id=cast.officer_quality.party_id)
    read = reverse("inbox:read", args=[reading.uuid])
    case = reverse("inbox:case", args=[held.case.uuid])
    assert read in reader.get(case).content.decode()
    assert send(client, cast.officer_fire, read).status_code == 404
    assert send(reader, cast.officer_quality, read).status_code == 302
    assert send(reader, cast.officer_quality, read).status_code == 302
    reading.refresh_from_db()
    assert reading.read_at == NOW
    assert "年休假" not in reader.get(reverse("inbox:desk"), {"tab": "read"}).content.decode()
    receipts = client.get(case).context["receipts"]
    assert {row.cells[1].tone for row in receipts.rows} == {"ok", "none"}


def test_starter_head_and_leader_urge_and_colleagues_do_not(held, browser, cast):
    where = at_task("urge", held)
    assert browser(cast.officer_fire_2).get(where).status_code == 403
    client = browser(cast.clerk)
    assert send(client, cast.clerk, where, {"text": "周五前"}).status_code == 302
    assert send(client, cast.clerk, where, {"text": "再催"}).status_code == 429
    later = NOW + timedelta(hours=5)
    with time_machine.travel(later, tick=False):
        head = browser(cast.head_fire)
        assert (
            at_task("urge", held) in head.get(reverse("inbox:case", args=[held.case.uuid])).content.decode()
        )
        assert send(head, cast.head_fire, where).status_code == 302
        case = reverse("inbox:case", args=[held.case.uuid])
        page = browser(cast.clerk).get(case).content.decode()
    assert "已催办2次" in page
    assert Urge.objects.count() == 2


@pytest.fixture
def three(leave: Any, cast: Any) -> list[Task]:
    """Three matters at the step that may be finished together, on one officer."""
    found = [leave, start_leave(cast, "L2"), start_leave(cast, "L3")]
    return [cases.claim_task(task=open_task(case, "boss"), by=cast.officer_fire, at=NOW) for case in found]


def test_a_batch_is_confirmed_once_and_tells_each_result(three, browser, cast):
    client, where = browser(cast.officer_fire), reverse("inbox:batch")
    assert "批量办理" in client.get(reverse("inbox:desk"), {"tab": "mine"}).content.decode()
    ticked = [str(task.uuid) for task in three]
    asked = client.get(where, {"task": ticked})
    assert asked.status_code == 200
    assert asked.context["number"] == 3
    finish(three[1].case, "boss", "refuse", by=cast.officer_fire)  # meanwhile, in another window
    data = {"task": ticked, "outcome": "agree", "text": "同意"}
    sent = with_token(data, user=login_of(cast.officer_fire))
    answer = client.post(where, sent)
    assert answer.status_code == client.post(where, sent).status_code == 302
    result = client.get(answer["Location"])
    tones = [row.cells[0].tone for row in result.context["table"].rows]
    assert sorted(tones) == ["late", "ok", "ok"]
    assert open_nodes(three[0].case) == open_nodes(three[2].case) == {"file"}


def test_a_batch_holds_only_one_s_own_tasks_of_a_step_that_allows_it(three, timed_case, browser, cast):
    where = reverse("inbox:batch")
    other = browser(cast.officer_fire_2)
    assert other.get(where, {"task": [str(three[0].uuid)]}).status_code == 422
    assert other.get(where).status_code == 422
    accept = cases.claim_task(task=open_task(timed_case, "accept"), by=cast.clerk, at=NOW)
    assert browser(cast.clerk).get(where, {"task": [str(accept.uuid)]}).status_code == 422
    client = browser(cast.officer_fire)
    wrong = with_token({"task": [str(three[0].uuid)], "outcome": "sealed"}, user=login_of(cast.officer_fire))
    assert client.post(where, wrong).status_code == 422


def test_the_desk_is_narrowed_to_one_of_several_units(leave, timed_case, browser, cast):
    from datetime import date

    from jingkai.kernel.organisation.api import delegate

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
    desk = client.get(reverse("inbox:desk"), {"tab": "pool"})
    assert {row.cells[1].label for row in desk.context["table"].rows} == {"年休假", "二期厂房"}
    unit = next(uuid for uuid, name in desk.context["form"].fields["unit"].choices if "消防" in name)
    desk = client.get(reverse("inbox:desk"), {"tab": "pool", "unit": unit})
    assert [row.cells[1].label for row in desk.context["table"].rows] == ["年休假"]


def test_whoever_lost_the_post_is_told_so_and_changes_nothing(held, browser, cast):
    from jingkai.kernel.organisation.models import Appointment

    Appointment.objects.filter(person_id=cast.officer_fire.party_id).update(ends_on="2026-03-01")
    client = browser(cast.officer_fire)
    answer = send(
        client, cast.officer_fire, at_task("complete", held), {"outcome": "agree", "text": "写好的意见"}
    )
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "不再担任" in page
    assert "写好的意见" in page
    held.refresh_from_db()
    assert held.state == "open"
