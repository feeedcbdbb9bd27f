"""Many at once, with real threads on real connections: one effect, one number, one paper."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.api import AlreadyClaimed, NotYourTask, TaskNotOpen
from jingkai.casework.cases.models import Case, CaseClock, Task
from jingkai.kernel.accounts.testing import code_of, login_of
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.hooks.testing import at_once
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.submissions.models import Submission as CarriedOut
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.data import FaultLine, RatingLevel
from jingkai.modules.approvals.models import (
    ApplicationItem,
    Correction,
    Decision,
    ExpertReview,
    Rating,
    Submission,
)
from jingkai.modules.approvals.operations.rating import AlreadyRated
from jingkai.modules.approvals.operations.review import ReviewStillRunning
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.numbering import api as numbering
from jingkai.records.numbering.models import IssuedNumber
from jingkai.records.seals.models import SealUse

pytestmark = pytest.mark.django_db(transaction=True)

AT = "2026-03-10 09:00"


def refusals(results: list[Any], *allowed: type[Exception]) -> list[Any]:
    """The refusals among results; any other error is a failure of the test."""
    errors = [one for one in results if isinstance(one, BaseException)]
    assert all(isinstance(one, allowed) for one in errors), errors
    return errors


def test_two_clerks_accept_at_once(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    task, at = hall.task(matter, "accept"), moment(AT)
    clerks = [hall.actor(name, AT) for name in ("clerk", "clerk_2")]
    results = at_once(
        *(lambda by=by: operations.accept_application(task=task, by=by, at=at) for by in clerks)
    )
    (refused,) = refusals(results, TaskNotOpen, NotYourTask)
    assert str(refused.sentence)
    assert IssuedNumber.objects.filter(series="approvals.acceptance").count() == 1
    assert IssuedDocument.objects.count() == 1
    assert sorted(ApplicationItem.objects.values_list("branch", flat=True)) == [
        "airdefence",
        "fire",
        "quality",
    ]
    assert CaseClock.objects.exclude(key="acceptance").count() == 3
    assert Notice.objects.filter(kind="accepted").count() == 1
    assert Task.objects.filter(case_id=matter.case_id, state=Task.State.OPEN).count() == 3
    assert audit.verify().intact


def test_one_clerk_accepts_while_the_other_asks_for_corrections(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    task, at = hall.task(matter, "accept"), moment(AT)
    fault = FaultLine(hall.material("site-plan").pk, "请补充。")
    one, two = hall.actor("clerk", AT), hall.actor("clerk_2", AT)
    results = at_once(
        lambda: operations.accept_application(task=task, by=one, at=at),
        lambda: operations.request_correction(task=task, faults=[fault], by=two, at=at),
    )
    assert len(refusals(results, TaskNotOpen, NotYourTask)) == 1
    accepted = hall.fresh(matter).state == "accepted"
    assert (Correction.objects.count(), ApplicationItem.objects.count()) == ((0, 3) if accepted else (1, 0))
    assert IssuedDocument.objects.count() == 1


def test_clerk_accepts_while_the_applicant_withdraws(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    task, at = hall.task(matter, "accept"), moment(AT)
    clerk, handler = hall.actor("clerk", AT), hall.actor("handler", AT)
    results = at_once(
        lambda: operations.accept_application(task=task, by=clerk, at=at),
        lambda: operations.withdraw_application(application=matter, reason="", by=handler, at=at),
    )
    refusals(results, PersonFacingError)
    assert hall.fresh(matter).state == "withdrawn"
    assert hall.case(matter).state == "withdrawn"
    assert not Task.objects.filter(state=Task.State.OPEN).exists()
    assert audit.verify().intact


def test_two_officers_claim_at_once(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    task, at = hall.task(matter, "fire"), moment(AT)
    officers = [hall.actor(name, AT) for name in ("officer_fire", "officer_fire_2")]
    results = at_once(*(lambda by=by: cases.claim_task(task=task, by=by, at=at) for by in officers))
    (refused,) = refusals(results, AlreadyClaimed)
    holder = hall.task(matter, "fire").assignee
    assert holder is not None
    assert holder.name in str(refused.sentence)


def test_two_officers_conclude_at_once(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    task, at = hall.task(matter, "fire"), moment(AT)
    acts = [
        partial(
            operations.give_opinion,
            task=task,
            outcome=outcome,
            text=outcome,
            by=hall.actor(name, AT),
            at=at,
        )
        for name, outcome in (("officer_fire", "agree"), ("officer_fire_2", "object"))
    ]
    assert len(refusals(at_once(*acts), TaskNotOpen, NotYourTask)) == 1
    done = Task.objects.get(pk=task.pk)
    assert hall.item(matter, "fire").state == {"agree": "agreed", "object": "objected"}[done.outcome]
    assert done.opinions.count() == 1


def test_review_is_concluded_or_suspended_but_not_both(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "fire", "officer_fire", at=AT)
    at = moment(AT)
    results = at_once(
        lambda: operations.give_opinion(task=task, outcome="agree", text="同意", by=officer, at=at),
        lambda: operations.start_expert_review(task=task, reason="专家", by=officer, at=at),
    )
    assert len(refusals(results, TaskNotOpen, ReviewStillRunning)) == 1
    concluded = hall.item(matter, "fire").state == "agreed"
    assert ExpertReview.objects.filter(ended_at=None).count() == (0 if concluded else 1)
    assert hall.clock(matter, "fire").state == ("running" if concluded else "suspended")


def test_last_three_departments_conclude_at_once(hall: Hall) -> None:
    """The join is passed once, by whoever comes last."""
    matter = hall.bring_to("accepted")
    at = moment(AT)
    acts = []
    for branch, who in (
        ("fire", "officer_fire"),
        ("airdefence", "officer_airdefence"),
        ("quality", "officer_quality"),
    ):
        task, by = hall.claim(matter, branch, who, at=AT)
        acts.append(
            lambda task=task, by=by: operations.give_opinion(
                task=task, outcome="agree", text="同意", by=by, at=at
            )
        )
    assert refusals(at_once(*acts)) == []
    assert Task.objects.filter(case_id=matter.case_id, node_id="summarise").count() == 1


def clients(hall: Hall, who: str, number: int) -> list[Client]:
    """So many browsers of one person, each with a session of its own."""
    found = [Client() for _ in range(number)]
    for client in found:
        hall.log_in(client, who)
    return found


def test_fifty_replays_of_one_submit_have_one_effect(hall: Hall) -> None:
    draft = hall.give_all(hall.draft())
    hall.travel("2026-03-02 10:00")
    url, sent = reverse("approvals:submit", args=[draft.uuid]), with_token()
    answers = at_once(
        *(lambda client=client: client.post(url, sent) for client in clients(hall, "handler", 50))
    )
    assert Counter(answer.status_code for answer in answers) == {302: 50}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Case.objects.count() == Submission.objects.count() == CarriedOut.objects.count() == 1
    assert IssuedNumber.objects.filter(series="approvals.matter").count() == 1
    assert Notice.objects.filter(kind="application_received").count() == 1
    assert numbering.find_gaps() == []
    assert audit.verify().intact


def test_fifty_submits_with_fifty_marks_give_one_case(hall: Hall) -> None:
    draft = hall.give_all(hall.draft())
    hall.travel("2026-03-02 10:00")
    url = reverse("approvals:submit", args=[draft.uuid])
    answers = at_once(
        *(lambda client=client: client.post(url, with_token()) for client in clients(hall, "handler", 50))
    )
    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: 49}
    assert Case.objects.count() == 1
    assert numbering.find_gaps() == []


@pytest.mark.parametrize("one_mark", [True, False])
def test_fifty_seals_at_once_give_one_document(hall: Hall, one_mark: bool) -> None:
    matter = hall.bring_to("signed")
    hall.travel(AT)
    code = {"totp_code": code_of(login_of(hall.cast.actor("custodian")), at=hall.travel(AT))}
    url, sent = reverse("approvals:seal", args=[hall.task(matter, "seal").uuid]), with_token(code)
    answers = at_once(
        *(
            lambda client=client: client.post(url, sent if one_mark else with_token(code))
            for client in clients(hall, "custodian", 50)
        )
    )
    expected = {302: 50} if one_mark else {302: 1, 409: 49}
    assert Counter(answer.status_code for answer in answers) == expected
    assert IssuedDocument.objects.filter(kind="approvals.result").count() == 1
    assert SealUse.objects.count() == Decision.objects.exclude(document=None).count() == 1
    assert Notice.objects.filter(kind="decided").count() == 1
    assert numbering.find_gaps() == []
    assert audit.verify().intact


def test_ten_matters_submitted_at_once_get_ten_numbers_without_gaps(hall: Hall) -> None:
    drafts = [hall.give_all(hall.draft()) for _ in range(10)]
    handler, at = hall.actor("handler", "2026-03-02"), moment("2026-03-02 10:00")
    results = at_once(
        *(
            lambda draft=draft: operations.submit_application(application=draft, by=handler, at=at)
            for draft in drafts
        )
    )
    assert refusals(results) == []
    numbers = sorted(Case.objects.values_list("reference", flat=True))
    assert numbers == [f"SP2026-{number:05}" for number in range(1, 11)]
    assert numbering.find_gaps() == []


def test_two_people_of_the_enterprise_rate_at_once(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    hall.refuse(matter, "不属于受理范围。", at="2026-03-03 10:00")
    at, fresh = moment(AT), hall.fresh(matter)
    results = at_once(
        *(
            partial(
                operations.rate_service,
                application=fresh,
                level=level,
                reasons=[],
                comment="",
                by=hall.actor(name, AT),
                at=at,
            )
            for name, level in (
                ("handler", RatingLevel.VERY_SATISFIED),
                ("legal_representative", RatingLevel.VERY_DISSATISFIED),
            )
        )
    )
    assert len(refusals(results, AlreadyRated)) == 1
    assert Rating.objects.count() == 1
