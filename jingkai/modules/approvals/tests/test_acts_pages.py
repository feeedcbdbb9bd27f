"""The officers' acts in the browser: each form, its errors, its replays, and nothing around the forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse

from jingkai.casework.cases.models import Opinion, Task
from jingkai.kernel.accounts.api import check_code
from jingkai.kernel.accounts.testing import code_of, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals.models import (
    Application,
    Correction,
    Decision,
    ExpertReview,
    Power,
    Question,
)
from jingkai.modules.approvals.testing import Hall
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.numbering.models import IssuedNumber

pytestmark = pytest.mark.django_db

NOW = "2026-03-10 09:00"


@pytest.fixture
def browser(hall: Hall, client: Client) -> Any:
    """Let a member of the cast send the form of an act: `browser("clerk", "accept", task, {...})`."""

    def send(who: str, act: str, task: Any, data: dict[str, Any] | None = None, **more: Any) -> Any:
        hall.travel(NOW)
        hall.log_in(client, who)
        url = reverse(f"approvals:{act}", args=[task.uuid])
        return client.post(url, with_token(data) if more.pop("mark", True) else data, **more)

    return send


def text_of(response: Any) -> str:
    """The words of a page."""
    return str(response.content.decode())


def test_matter_goes_through_every_form_of_the_officers(hall: Hall, browser: Any) -> None:
    """The same walk as the story, but through the pages that people press."""
    matter = hall.bring_to("submitted")
    answer = browser("clerk", "accept", hall.task(matter, "accept"), follow=True)
    assert "示开受〔2026〕1号" in text_of(answer)
    fire = hall.task(matter, "fire")
    assert browser("officer_fire", "ask", fire, {"text": "层高？"}).status_code == 302
    assert browser("officer_fire", "suspend", fire, {"reason": "特殊设计"}).status_code == 302
    assert browser("officer_fire", "resume", fire, {"conclusion": "同意"}).status_code == 302
    for branch, who in (
        ("fire", "officer_fire"),
        ("airdefence", "officer_airdefence"),
        ("quality", "officer_quality"),
    ):
        data = {"outcome": "agree", "text": "同意。"}
        assert browser(who, "opinion", hall.task(matter, branch), data).status_code == 302
    summary = {"outcome": "granted", "text": "审查合格。"}
    assert browser("officer_fire", "summarise", hall.task(matter, "summarise"), summary).status_code == 302
    back = browser("deputy_director", "give_back", hall.task(matter, "sign"), {"text": "请补充依据。"})
    assert back.status_code == 302
    assert browser("officer_fire", "summarise", hall.task(matter, "summarise"), summary).status_code == 302
    assert browser("deputy_director", "sign", hall.task(matter, "sign"), {"text": "同意"}).status_code == 302
    code = {"totp_code": seal_code(hall)}
    done = browser("custodian", "seal", hall.task(matter, "seal"), code, follow=True)
    assert "示开消审〔2026〕1号" in text_of(done)
    assert (Question.objects.count(), ExpertReview.objects.get().ended_at is not None) == (1, True)
    assert hall.fresh(matter).state == Application.State.DECIDED


def test_case_page_shows_the_form_of_the_step_to_its_holder(hall: Hall, client: Client) -> None:
    matter = hall.bring_to("submitted")
    hall.travel("2026-03-03 09:00")
    task, _clerk = hall.claim(matter, "accept", "clerk", at="2026-03-03 09:00")
    url, case = reverse("approvals:accept", args=[task.uuid]), hall.case(matter)
    hall.log_in(client, "clerk")
    assert url in text_of(client.get(reverse("inbox:case", args=[case.uuid])))
    hall.log_in(client, "leader")
    seen = client.get(reverse("inbox:case", args=[case.uuid]))
    assert seen.status_code == 200
    assert url not in text_of(seen)


def test_correction_form_issues_one_notice_with_the_typed_faults(hall: Hall, browser: Any) -> None:
    matter = hall.bring_to("submitted")
    plan, design = hall.material("site-plan").pk, hall.material("fire-design").pk
    data = {
        "material": [str(plan), str(plan), str(design), "999999", "x", "²", "9" * 40],
        f"fault_{plan}": "未标注消防车道。",
        f"fault_{design}": "缺说明书。",
        "fault_999999": "没有这份材料",
    }
    answer = browser("clerk", "correct", hall.task(matter, "accept"), data, follow=True)
    assert "示开补〔2026〕1号" in text_of(answer)
    told = dict(Correction.objects.get().faults.values_list("material_id", "text"))
    assert told == {plan: "未标注消防车道。", design: "缺说明书。"}


@pytest.mark.parametrize(
    ("who", "act", "data", "words"),
    [
        ("clerk", "correct", {}, "材料"),
        ("clerk", "refuse", {"reason": " "}, "理由"),
    ],
)
def test_unfinished_form_of_the_window_is_told_and_keeps_what_was_typed(
    hall: Hall, browser: Any, who: str, act: str, data: dict[str, Any], words: str
) -> None:
    matter = hall.bring_to("submitted")
    answer = browser(who, act, hall.task(matter, "accept"), {**data, "remark": "写了很久"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "写了很久" in text_of(answer)
    assert hall.fresh(matter).state == Application.State.SUBMITTED


@pytest.mark.parametrize(
    ("act", "data", "status"),
    [
        ("ask", {}, 422),
        ("suspend", {"reason": ""}, 422),
        ("resume", {"conclusion": "x"}, 409),
        ("opinion", {"outcome": "agree", "text": ""}, 422),
        ("opinion", {"outcome": "nonsense", "text": "x"}, 422),
        ("opinion", {"outcome": "send_back", "text": "x"}, 422),
        ("opinion", {"outcome": "agree", "text": "长" * 4001}, 422),
        ("summarise", {"outcome": "granted", "text": "x"}, 409),
    ],
)
def test_wrong_form_of_a_review_changes_nothing(
    hall: Hall, browser: Any, act: str, data: dict[str, Any], status: int
) -> None:
    matter = hall.bring_to("accepted")
    assert browser("officer_fire", act, hall.task(matter, "fire"), data).status_code == status
    assert hall.item(matter, "fire").state == "running"
    assert hall.clock(matter, "fire").state == "running"
    assert not Opinion.objects.filter(task__node_id="fire").exists()


@pytest.mark.parametrize("act", ["accept", "correct", "refuse"])
def test_windows_forms_do_nothing_at_other_steps(hall: Hall, browser: Any, act: str) -> None:
    """A clerk who knows the address of another step's task."""
    matter = hall.bring_to("accepted")
    data = {"reason": "x", "material": [hall.material("site-plan").pk]}
    assert browser("clerk", act, hall.task(matter, "fire"), data).status_code in (403, 409)
    done = Task.objects.get(case_id=matter.case_id, node_id="accept")
    assert browser("clerk", act, done, data).status_code == (422 if act == "x" else 409)
    assert IssuedDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "stage", "node", "who"),
    [
        ("sign", "submitted", "accept", "deputy_director"),
        ("sign", "signed", "seal", "deputy_director"),
        ("seal", "summarised", "sign", "custodian"),
        ("opinion", "reviewed", "summarise", "officer_fire"),
        ("ask", "reviewed", "summarise", "officer_fire"),
        ("suspend", "reviewed", "summarise", "officer_fire"),
        ("summarise", "summarised", "sign", "officer_fire"),
        ("give_back", "signed", "seal", "deputy_director"),
    ],
)
def test_form_of_another_step_is_refused_in_words(
    hall: Hall, browser: Any, act: str, stage: str, node: str, who: str
) -> None:
    matter = hall.bring_to(stage)
    data = {"outcome": "agree", "text": "x", "reason": "x"}
    answer = browser(who, act, hall.task(matter, node), data)
    assert answer.status_code in (403, 409)
    assert hall.task(matter, node).state == Task.State.OPEN


@pytest.mark.parametrize(
    ("stage", "node", "who", "outcome"),
    [
        ("submitted", "accept", "clerk", "accept"),
        ("accepted", "airdefence", "officer_airdefence", "agree"),
        ("summarised", "sign", "deputy_director", "sign"),
        ("signed", "seal", "custodian", "sealed"),
    ],
)
def test_general_form_of_the_desk_does_not_get_around_the_law(
    hall: Hall, client: Client, stage: str, node: str, who: str, outcome: str
) -> None:
    """Otherwise one could sign without a power, accept without a notice, and close without a seal."""
    matter = hall.bring_to(stage)
    task = hall.task(matter, node)
    Power.objects.update(state="ended")
    hall.travel(NOW)
    hall.log_in(client, who)
    url = reverse("inbox:complete", args=[task.uuid])
    answer = client.post(url, with_token({"outcome": outcome, "text": "绕过"}))
    assert answer.status_code in (403, 404, 409, 422)
    assert hall.task(matter, node).state == Task.State.OPEN


def seal_code(hall: Hall, *, later: int = 0) -> str:
    """The code that the custodian's app shows now, or some seconds from now."""
    user = login_of(hall.cast.actor("custodian"))
    return code_of(user, at=hall.travel(NOW) + timedelta(seconds=later))


def test_replayed_seal_has_one_effect_and_goes_to_the_same_page(hall: Hall, client: Client) -> None:
    matter = hall.bring_to("signed")
    hall.travel(NOW)
    hall.log_in(client, "custodian")
    url = reverse("approvals:seal", args=[hall.task(matter, "seal").uuid])
    sent = with_token({"totp_code": seal_code(hall)})
    answers = [client.post(url, sent) for _ in range(3)]
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, answers[0]["Location"])}
    assert client.post(url, with_token()).status_code == 409
    assert IssuedNumber.objects.filter(series="approvals.result").count() == 1


@pytest.mark.parametrize(
    ("code", "words"), [("", "动态口令有误"), ("000000", "动态口令有误"), ("0" * 300, "动态口令有误")]
)
def test_seal_needs_a_right_code_of_this_moment(hall: Hall, browser: Any, code: str, words: str) -> None:
    matter = hall.bring_to("signed")
    answer = browser("custodian", "seal", hall.task(matter, "seal"), {"totp_code": code}, follow=True)
    assert words in text_of(answer)
    assert hall.task(matter, "seal").state == Task.State.OPEN
    assert not IssuedNumber.objects.filter(series="approvals.result").exists()
    (entry,) = [one for one in entries_of(hall.case(matter)) if one.action == "seal.code_refused"]
    assert (entry.result, entry.facts["fault"]) == ("refused", "wrong")


def test_right_code_seals_and_the_trail_names_the_factor(hall: Hall, browser: Any) -> None:
    matter = hall.bring_to("signed")
    code = {"totp_code": seal_code(hall)}
    assert browser("custodian", "seal", hall.task(matter, "seal"), code).status_code == 302
    assert hall.fresh(matter).state == Application.State.DECIDED
    (entry,) = [one for one in entries_of(hall.case(matter)) if one.action == "decision.sealed"]
    assert entry.facts["factor"] == "totp"


def test_recovery_code_seals_once(hall: Hall, browser: Any) -> None:
    matter = hall.bring_to("signed")
    codes = RecoveryCodes.activate(login_of(hall.cast.actor("custodian"))).get_unused_codes()
    assert browser("custodian", "seal", hall.task(matter, "seal"), {"totp_code": codes[0]}).status_code == 302
    (entry,) = [one for one in entries_of(hall.case(matter)) if one.action == "decision.sealed"]
    assert entry.facts["factor"] == "recovery_code"
    left = RecoveryCodes.activate(login_of(hall.cast.actor("custodian"))).get_unused_codes()
    assert codes[0] not in left


def test_code_that_was_used_to_log_in_does_not_seal(hall: Hall, browser: Any) -> None:
    matter = hall.bring_to("signed")
    code = seal_code(hall)
    user, at = login_of(hall.cast.actor("custodian")), hall.travel(NOW)
    assert check_code(code=code, by=replace(hall.actor("custodian", NOW), user_id=user.pk), at=at).right
    task = hall.task(matter, "seal")
    answer = browser("custodian", "seal", task, {"totp_code": code}, follow=True)
    assert "已使用" in text_of(answer)
    next_code = {"totp_code": seal_code(hall, later=30)}
    hall.travel("2026-03-10 09:00:31")
    url = reverse("approvals:seal", args=[task.uuid])
    assert answer.client.post(url, with_token(next_code)).status_code == 302
    assert hall.fresh(matter).state == Application.State.DECIDED


def test_wrong_codes_lock_and_then_the_right_one_waits(hall: Hall, browser: Any) -> None:
    matter = hall.bring_to("signed")
    task = hall.task(matter, "seal")
    said = [text_of(browser("custodian", "seal", task, {"totp_code": "123"}, follow=True)) for _ in range(5)]
    assert "再输错 1 次" in said[3]
    assert "锁定" in said[4]
    right = browser("custodian", "seal", task, {"totp_code": seal_code(hall)}, follow=True)
    assert "锁定" in text_of(right)
    assert hall.task(matter, "seal").state == Task.State.OPEN
    refused = [one for one in entries_of(hall.case(matter)) if one.action == "seal.code_refused"]
    assert [one.facts["locked"] for one in refused] == [False] * 4 + [True] * 2


def test_refused_code_is_told_in_english_too(hall: Hall, browser: Any) -> None:
    matter = hall.bring_to("signed")
    headers = {"accept-language": "en"}
    task = hall.task(matter, "seal")
    answer = browser("custodian", "seal", task, {"totp_code": "1"}, follow=True, headers=headers)
    assert "The seal was not applied. Wrong code." in text_of(answer)
    assert "Code from the app" in text_of(answer)


def test_sign_without_a_power_says_so_on_the_page(hall: Hall, browser: Any) -> None:
    matter = hall.bring_to("summarised")
    Power.objects.update(state="suspended")
    answer = browser("deputy_director", "sign", hall.task(matter, "sign"))
    assert answer.status_code == 409
    assert "赋权" in text_of(answer)
    assert not Decision.objects.exists()


def test_revocation_asks_for_a_reason_and_shows_on_the_public_page(hall: Hall, client: Client) -> None:
    matter = hall.bring_to("sealed")
    decision = hall.decision(matter)
    assert decision.document is not None
    public = reverse("documents:public", args=[decision.document.verification_code])
    hall.travel(NOW)
    hall.log_in(client, "deputy_director")
    url = reverse("approvals:revoke", args=[decision.uuid])
    assert client.get(url).status_code == 200
    assert client.post(url, with_token({"reason": ""})).status_code == 422
    assert "有效" in text_of(Client().get(public))
    assert client.post(url, with_token({"reason": "设计文件虚假。"})).status_code == 302
    assert client.post(url, with_token({"reason": "再来一次"})).status_code == 409
    shown = text_of(Client().get(public))
    assert "已撤销" in shown
    assert "设计文件虚假" not in shown


@pytest.mark.parametrize("version", ["", "x", "²", "0"])
def test_power_form_with_a_stale_or_odd_version_changes_nothing(
    hall: Hall, client: Client, version: str
) -> None:
    hall.log_in(client, "catalogue_editor")
    url = reverse("approvals:power_state", args=[hall.power().uuid])
    data = {"state": "suspended", "reason": "来函", "version": version}
    assert client.post(url, with_token(data)).status_code == 409
    right = {**data, "version": str(hall.power().version), "reason": "来函"}
    assert client.post(url, with_token(right)).status_code == 302
    assert (hall.power().state, hall.power().state_reason) == ("suspended", "来函")
