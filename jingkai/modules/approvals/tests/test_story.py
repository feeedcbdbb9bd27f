"""One matter from the draft to the rating, act by act, with every date, number, notice and trail entry."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.notices.models import Delivery, Notice
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.data import RatingLevel
from jingkai.modules.approvals.models import Application, Submission
from jingkai.modules.approvals.testing import DAYS, Hall, moment
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.numbering import api as numbering

pytestmark = pytest.mark.django_db

ALL_CHANNELS = {"email", "sms"}


def test_matter_keeps_every_date_from_draft_to_rating(hall: Hall) -> None:
    """Five days to accept, clocks from the next working day, five working days excluded, once corrected.

    Sunday 2026-09-20 is worked; 09-25 to 09-27 and 10-01 to 10-07 are off; Saturday 10-10 is worked.
    """
    matter = hall.give_all(hall.draft(at="2026-09-14 08:30"), at="2026-09-14 08:40")
    matter = hall.submit(matter, at="2026-09-14 09:00")
    assert hall.case(matter).reference == "SP2026-00001"
    assert hall.clock(matter, "acceptance").due_on == date(2026, 9, 20)

    correction = hall.correct(matter, {"site-plan": "未标注消防车道宽度。"}, at="2026-09-14 15:10")
    assert correction.document.number_text == "示开补〔2026〕1号"
    assert (hall.clock(matter, "acceptance").state, hall.fresh(matter).state) == ("stopped", "correcting")

    hall.give(matter, "site-plan", at="2026-09-15 09:00", content=b"%PDF-1.7\n%%EOF\n")
    hall.supply(matter, at="2026-09-15 09:20")
    assert hall.clock(matter, "acceptance").due_on == date(2026, 9, 21)

    accepted = hall.accept(matter, at="2026-09-15 14:00")
    assert accepted.acceptance_notice is not None
    assert accepted.acceptance_notice.number_text == "示开受〔2026〕1号"
    dates = {branch: _dates(hall, matter, branch) for branch in ("fire", "airdefence", "quality")}
    assert dates == {
        "fire": (date(2026, 10, 12), date(2026, 9, 23)),
        "airdefence": (date(2026, 10, 19), date(2026, 9, 21)),
        "quality": (date(2026, 9, 21), date(2026, 9, 18)),
    }

    task, officer = hall.claim(matter, "fire", "officer_fire", at="2026-09-16 10:00")
    operations.start_expert_review(
        task=task, reason="特殊消防设计", by=officer, at=moment("2026-09-16 10:05")
    )
    review = operations.end_expert_review(
        task=task, conclusion="专家组同意", by=officer, at=moment("2026-09-22 10:00")
    )
    assert review.excluded_days == 5
    assert _dates(hall, matter, "fire") == (date(2026, 10, 19), date(2026, 10, 8))
    assert _dates(hall, matter, "quality") == dates["quality"]

    hall.conclude(matter, "airdefence", at="2026-09-18 10:00")
    hall.conclude(matter, "quality", at="2026-09-18 11:00")
    hall.conclude(matter, "fire", at="2026-09-22 11:00")
    hall.summarise(matter, at="2026-09-22 15:00")
    hall.sign(matter, at="2026-09-22 16:30")
    decision = hall.apply_seal(matter, at="2026-09-23 09:10")
    assert decision.document is not None
    assert decision.document.number_text == "示开消审〔2026〕1号"
    clock = hall.clock(matter, "fire")
    assert (clock.state, clock.stopped_on, clock.on_time) == ("stopped", date(2026, 9, 23), True)
    assert clock.used_days == 2
    assert (hall.fresh(matter).state, hall.case(matter).state) == ("decided", "closed")

    operations.record_download(
        document=decision.document,
        by=hall.actor("handler", "2026-09-23 10:00"),
        at=moment("2026-09-23 10:00"),
    )
    operations.rate_service(
        application=hall.fresh(matter),
        level=RatingLevel.VERY_SATISFIED,
        reasons=[],
        comment="很满意",
        by=hall.actor("handler", "2026-09-23 10:05"),
        at=moment("2026-09-23 10:05"),
    )
    assert numbering.find_gaps() == []
    assert audit.verify().intact


def _dates(hall: Hall, matter: Application, branch: str) -> tuple[date, date | None]:
    clock = hall.clock(matter, branch)
    return clock.due_on, clock.promised_due_on


def test_submissions_keep_their_outcomes(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "请补充。"}, at="2026-03-03 09:00")
    hall.give(matter, "site-plan", at="2026-03-04 09:00")
    hall.supply(matter, at="2026-03-04 10:00")
    hall.accept(matter, at="2026-03-05 10:00")
    outcomes = Submission.objects.filter(application=matter).values_list("sequence", "outcome")
    assert list(outcomes) == [(1, "correction"), (2, "accepted")]


def test_every_step_tells_the_handler_on_the_page_by_mail_and_by_text_message(
    hall: Hall, mail_server: Any, sms_provider: Any
) -> None:
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "请补充。"}, at="2026-03-03 09:00")
    hall.give(matter, "site-plan", at="2026-03-03 10:00")
    hall.supply(matter, at="2026-03-03 10:10")
    hall.accept(matter, at="2026-03-03 14:00")
    task, officer = hall.claim(matter, "fire", "officer_fire", at="2026-03-04 09:00")
    for act in (
        lambda: operations.ask_applicant(task=task, text="层高？", by=officer, at=moment("2026-03-04 09:05")),
        lambda: operations.start_expert_review(
            task=task, reason="特殊设计", by=officer, at=moment("2026-03-04 09:10")
        ),
        lambda: operations.end_expert_review(
            task=task, conclusion="同意", by=officer, at=moment("2026-03-05 09:00")
        ),
    ):
        act()
    for branch in ("airdefence", "quality", "fire"):
        hall.conclude(matter, branch)
    hall.summarise(matter)
    hall.sign(matter)
    hall.apply_seal(matter)
    told = [
        "application_received",
        "correction_needed",
        "application_received",
        "accepted",
        "question_asked",
        "clock_suspended",
        "clock_resumed",
        "decided",
        "rating_invited",
    ]
    notices = Notice.objects.filter(to=hall.cast.person("handler")).order_by("pk")
    assert [notice.kind for notice in notices] == told
    for notice in notices:
        assert notice.case_ref == "SP2026-00001"
        assert str(matter.uuid) in notice.url
        channels = {"email"} if notice.kind == "rating_invited" else ALL_CHANNELS  # the link has its own text
        assert set(notice.deliveries.values_list("channel", flat=True)) == channels
    assert set(Delivery.objects.values_list("state", flat=True)) == {"queued"}
    run_jobs(queues=None, raise_errors=False)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(mail_server.store.all()) == len(sms_provider.store.all()) == len(told)


def test_numbers_have_no_gaps_over_several_matters(hall: Hall) -> None:
    first = hall.bring_to("submitted")
    hall.refuse(first, "不属于特殊建设工程。", at="2026-03-03 09:00")
    second, third = hall.bring_to("accepted"), hall.bring_to("submitted")
    hall.correct(third, {"site-plan": "请补充。"}, at="2026-03-03 09:00")
    assert [hall.case(one).reference for one in (first, second, third)] == [
        "SP2026-00001",
        "SP2026-00002",
        "SP2026-00003",
    ]
    assert set(IssuedDocument.objects.values_list("number_text", flat=True)) == {
        "示开不受〔2026〕1号",
        "示开受〔2026〕1号",
        "示开补〔2026〕1号",
    }
    assert numbering.find_gaps() == []


def test_trail_of_a_case_says_who_did_what_for_whom(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    case = hall.case(matter)
    entries = list(audit.entries_of(case))
    actions = [entry.action for entry in entries]
    wanted = [
        "application.submitted",
        "application.accepted",
        "decision.signed",
        "decision.sealed",
    ]
    assert [action for action in actions if action in wanted] == wanted
    signed = next(entry for entry in entries if entry.action == "decision.signed")
    assert signed.actor_id == hall.cast.person("deputy_director").pk
    assert signed.for_id == hall.cast.enterprise.pk
    assert signed.at == moment(DAYS["signed"])
    assert audit.is_sound(entries)
