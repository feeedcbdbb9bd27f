"""The window's law: five working days, one correction notice, refusal in writing (行政许可法 32, 38)."""

from __future__ import annotations

from datetime import date

import pytest

from jingkai.casework.cases.api import NotYourTask, TaskNotOpen
from jingkai.casework.cases.models import CaseClock, Task
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.data import FaultLine
from jingkai.modules.approvals.models import Application, Correction, Submission
from jingkai.modules.approvals.operations.acceptance import CorrectionAlreadyAsked, NoFaultNamed
from jingkai.modules.approvals.operations.drafts import NotYours
from jingkai.modules.approvals.operations.intake import FaultsOpen, Incomplete
from jingkai.modules.approvals.operations.silence import deem_accepted
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files import api as files
from jingkai.records.files.models import Attachment
from jingkai.records.numbering.models import IssuedNumber
from jingkai.records.seals import api as seals

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-03-02 09:00", date(2026, 3, 9)),  # an ordinary Monday: the day itself does not count
        ("2026-03-02 23:59", date(2026, 3, 9)),  # late at night it is still Monday in the zone
        ("2026-03-03 00:01", date(2026, 3, 10)),
        ("2026-09-14 09:00", date(2026, 9, 20)),  # Sunday 09-20 is worked (调休)
        ("2026-09-24 09:00", date(2026, 10, 9)),  # Mid-autumn and National Day are off
        ("2026-04-29 09:00", date(2026, 5, 9)),  # Labour Day off, Saturday 05-09 worked
        ("2026-03-07 09:00", date(2026, 3, 13)),  # handed in on a Saturday
        ("2026-12-24 09:00", date(2026, 12, 31)),  # the last day of the loaded calendar
    ],
)
def test_acceptance_is_due_on_the_fifth_working_day(hall: Hall, submitted: str, due: date) -> None:
    matter = hall.bring_to("submitted", draft=submitted, submitted=submitted)
    assert hall.clock(matter, "acceptance").due_on == due


def test_decision_clocks_start_on_the_working_day_after_acceptance(hall: Hall) -> None:
    matter = hall.bring_to("accepted", accepted="2026-03-06 10:00")  # a Friday
    fire = hall.clock(matter, "fire")
    assert (fire.started_on, fire.due_on) == (date(2026, 3, 6), date(2026, 3, 27))
    assert fire.limit_value.article == "第二十二条"
    assert hall.clock(matter, "acceptance").outcome == "accepted"


def test_departments_tasks_show_their_own_clocks(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    shown = {
        task.node_id: task.due_at.date()
        for task in Task.objects.filter(case_id=matter.case_id, state=Task.State.OPEN)
        if task.due_at
    }
    assert shown == {
        "fire": date(2026, 3, 24),
        "airdefence": date(2026, 3, 31),
        "quality": date(2026, 3, 10),
    }


def test_correction_ends_the_clock_of_its_submission_and_the_next_one_starts_anew(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "请补充。"}, at="2026-03-06 10:00")
    first = hall.clock(matter, "acceptance")
    assert (first.state, first.used_days, first.on_time) == ("stopped", 4, True)
    hall.give(matter, "site-plan", at="2026-03-19 10:00")
    hall.supply(matter, at="2026-03-20 10:00")
    second = hall.clock(matter, "acceptance")
    assert (second.pk != first.pk, second.due_on) == (True, date(2026, 3, 27))
    assert CaseClock.objects.filter(case_id=matter.case_id, key="acceptance").count() == 2


def test_correction_notice_lists_every_fault_once(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    faults = {"site-plan": "未标注消防车道。", "fire-design": "缺设计说明书。"}
    correction = hall.correct(matter, faults, at="2026-03-03 10:00")
    told = {fault.material.code: fault.text for fault in correction.faults.select_related("material")}
    assert told == faults
    assert correction.document.state == "valid"
    assert correction.document.addressee_id == hall.cast.enterprise.pk


def test_second_correction_notice_is_refused(hall: Hall) -> None:
    """一次性告知: what was not said the first time can't be asked for later."""
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "请补充。"}, at="2026-03-03 10:00")
    hall.give(matter, "site-plan", at="2026-03-04 10:00")
    hall.supply(matter, at="2026-03-04 10:10")
    with pytest.raises(CorrectionAlreadyAsked) as refused:
        hall.correct(matter, {"fire-design": "还缺一页。"}, at="2026-03-05 10:00")
    assert "一次" in str(refused.value.sentence) or "once" in str(refused.value.sentence)
    assert Correction.objects.count() == 1
    assert hall.clock(matter, "acceptance").state == "running"
    assert hall.fresh(matter).state == Application.State.SUBMITTED


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_correction_notice_without_a_fault_is_refused(hall: Hall, text: str) -> None:
    matter = hall.bring_to("submitted")
    with pytest.raises(NoFaultNamed):
        hall.correct(matter, {"site-plan": text}, at="2026-03-03 10:00")
    assert not IssuedDocument.objects.exists()


def test_fault_of_an_unknown_material_is_refused_in_words(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    task, clerk = hall.claim(matter, "accept", "clerk", at="2026-03-03 10:00")
    with pytest.raises(NoFaultNamed):
        operations.request_correction(
            task=task, faults=[FaultLine(999_999, "请补充。")], by=clerk, at=moment("2026-03-03 10:00")
        )


def test_material_named_twice_in_a_notice_is_told_once(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    task, clerk = hall.claim(matter, "accept", "clerk", at="2026-03-03 10:00")
    plan = hall.material("site-plan")
    correction = operations.request_correction(
        task=task,
        faults=[FaultLine(plan.pk, "请补充。"), FaultLine(plan.pk, "请补充。")],
        by=clerk,
        at=moment("2026-03-03 10:00"),
    )
    assert correction.faults.count() == 1


def test_every_fault_must_be_replaced_before_the_corrections_are_sent(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    hall.correct(
        matter, {"site-plan": "未标注消防车道。", "fire-design": "缺说明书。"}, at="2026-03-03 10:00"
    )
    hall.give(matter, "site-plan", at="2026-03-04 09:00")
    with pytest.raises(FaultsOpen) as refused:
        hall.supply(matter, at="2026-03-04 10:00")
    assert "消防设计文件" in str(refused.value.sentence)
    assert "总平面图" not in str(refused.value.sentence)
    assert hall.fresh(matter).state == Application.State.CORRECTING
    hall.give(matter, "fire-design", at="2026-03-04 10:05")
    hall.supply(matter, at="2026-03-04 10:10")
    assert Correction.objects.get().answered_at == moment("2026-03-04 10:10")


def test_material_taken_out_while_correcting_must_come_back(hall: Hall) -> None:
    """Correcting one material must not let another required one disappear."""
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "请补充。"}, at="2026-03-03 10:00")
    hall.give(matter, "site-plan", at="2026-03-04 09:00")
    other = Attachment.objects.get(owner_kind="application", owner_id=matter.pk, slot="fire-design")
    operations.remove_material(
        application=matter,
        attachment=other,
        by=hall.actor("handler", "2026-03-04 09:01"),
        at=moment("2026-03-04 09:01"),
    )
    with pytest.raises((FaultsOpen, Incomplete)) as refused:
        hall.supply(matter, at="2026-03-04 10:00")
    assert "消防设计文件" in str(refused.value.sentence)


def test_corrections_can_be_sent_once_only(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "请补充。"}, at="2026-03-03 10:00")
    hall.give(matter, "site-plan", at="2026-03-04 09:00")
    hall.supply(matter, at="2026-03-04 10:00")
    with pytest.raises(NotYours):
        hall.supply(matter, at="2026-03-04 10:01")
    assert Submission.objects.filter(application=matter).count() == 2


def test_refusal_is_a_numbered_paper_and_ends_everything(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    hall.refuse(matter, "该工程不属于特殊建设工程，应当办理备案。", at="2026-03-04 10:00")
    assert hall.fresh(matter).state == Application.State.REFUSED
    assert (hall.case(matter).state, hall.case(matter).outcome) == ("closed", "refuse")
    assert hall.clock(matter, "acceptance").outcome == "refused"
    paper = IssuedDocument.objects.get()
    assert (paper.kind, paper.number_text) == ("approvals.refusal", "示开不受〔2026〕1号")
    assert not Task.objects.filter(case_id=matter.case_id, state=Task.State.OPEN).exists()


def test_accepting_twice_is_refused_and_gives_one_notice(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    task, clerk = hall.claim(matter, "accept", "clerk", at="2026-03-03 09:00")
    operations.accept_application(task=task, by=clerk, at=moment("2026-03-03 10:00"))
    for act in (
        lambda: operations.accept_application(task=task, by=clerk, at=moment("2026-03-03 10:01")),
        lambda: operations.refuse_application(
            task=task, reason="改主意了", by=clerk, at=moment("2026-03-03 10:01")
        ),
        lambda: operations.request_correction(
            task=task,
            faults=[FaultLine(hall.material("site-plan").pk, "请补充。")],
            by=clerk,
            at=moment("2026-03-03 10:01"),
        ),
    ):
        with pytest.raises(TaskNotOpen):
            act()
    assert IssuedNumber.objects.filter(series="approvals.acceptance").count() == 1
    assert IssuedDocument.objects.count() == 1
    assert matter.items.count() == 3


def test_clerk_can_not_accept_what_a_colleague_has_claimed(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    task, _clerk = hall.claim(matter, "accept", "clerk", at="2026-03-03 09:00")
    with pytest.raises(NotYourTask) as refused:
        operations.accept_application(
            task=task, by=hall.actor("clerk_2", "2026-03-03 10:00"), at=moment("2026-03-03 10:00")
        )
    assert "李受理" in str(refused.value.sentence)
    assert hall.fresh(matter).state == Application.State.SUBMITTED
    assert not IssuedNumber.objects.filter(series="approvals.acceptance").exists()


def allow_acceptance_seal(hall: Hall) -> None:
    """The zone's acceptance seal, put on acceptance notices by whoever works in the approval bureau."""
    at = moment("2026-02-02 09:00")
    draft = seals.SealDraft(
        code="acceptance",
        name="行政许可受理专用章",
        ring_text="示范经济开发区管理委员会",
        line_text="受理专用章",
        custodian_id=hall.cast.post("custodian").pk,
        basis="示开管〔2026〕3号",
        demo=True,
    )
    seals.make_seal(draft=draft, by=SYSTEM, at=at)
    seals.give_standing(
        draft=seals.StandingDraft(
            seal_code="acceptance",
            papers=("approvals.acceptance",),
            users_id=hall.cast.units["approval"].pk,
            basis="示开管〔2026〕3号",
            starts_on=at.date(),
        ),
        by=hall.actor("leader", at),
        at=at,
    )


def test_the_notice_bears_the_acceptance_seal_and_its_date(hall: Hall) -> None:
    allow_acceptance_seal(hall)
    matter = hall.bring_to("accepted")
    notice = matter.acceptance_notice
    assert notice is not None
    use = notice.seal_use
    assert use is not None
    assert (use.seal.code, use.authorisation_kind) == ("acceptance", "standing")
    assert use.applied_by_id == hall.actor("clerk", "2026-03-03 10:00").party_id
    (report,) = seals.verify(files.read_stored(notice.file))
    assert report.good
    assert report.seal == "行政许可受理专用章"


def test_silence_is_answered_under_the_same_seal(hall: Hall) -> None:
    allow_acceptance_seal(hall)
    matter = hall.bring_to("submitted")
    clock = hall.clock(matter, "acceptance")
    deem_accepted(clock_id=clock.pk, by=SYSTEM, at=moment("2026-03-10 01:00"))
    notice = hall.fresh(matter).acceptance_notice
    assert notice is not None
    assert notice.seal_use is not None
    assert notice.seal_use.applied_by is None


def test_other_notices_go_out_without_it(hall: Hall) -> None:
    allow_acceptance_seal(hall)
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"site-plan": "请补充。"}, at="2026-03-06 10:00")
    document = Correction.objects.get().document
    assert (document.state, document.seal_use) == ("valid", None)
