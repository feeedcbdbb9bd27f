"""The applicant's acts: draft, submit, withdraw; nothing typed is lost, no number is used up by a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.clock.models import Clock
from jingkai.casework.flow import api as flows
from jingkai.kernel.calendar.api import CalendarYearMissing
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.testing import SINCE
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Application, Submission
from jingkai.modules.approvals.operations.acceptance import AlreadyAccepted
from jingkai.modules.approvals.operations.drafts import NotYours, StaleDraft
from jingkai.modules.approvals.operations.intake import Incomplete
from jingkai.modules.approvals.testing import FACTS, Hall, moment
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files import api as files
from jingkai.records.numbering.models import Counter, IssuedNumber

pytestmark = pytest.mark.django_db

BEYOND = "2026-12-30 09:00"
"""Five working days later lie in 2027, whose holiday notice is not loaded."""


def test_deadline_beyond_the_loaded_calendar_is_told_and_the_draft_stays(hall: Hall) -> None:
    matter = hall.give_all(hall.draft(at=BEYOND), at=BEYOND)
    before = Application.objects.filter(pk=matter.pk).values().get()
    with pytest.raises(CalendarYearMissing) as refused:
        hall.submit(matter, at=BEYOND)
    assert "2027" in str(refused.value.sentence)
    assert "2027" in str(refused.value.advice)
    assert Application.objects.filter(pk=matter.pk).values().get() == before
    assert len(files.list_attachments(("application", matter.pk))) == 7
    assert not Case.objects.exists()
    assert not Clock.objects.exists()
    assert not IssuedNumber.objects.exists()
    assert not Counter.objects.exists()
    assert not Notice.objects.exists()


def test_acceptance_beyond_the_loaded_calendar_leaves_the_matter_with_the_window(hall: Hall) -> None:
    """The acceptance still fits into 2026; the twenty days of the air-defence review do not."""
    matter = hall.bring_to("submitted", draft="2026-12-21 09:00", submitted="2026-12-21 10:00")
    with pytest.raises(CalendarYearMissing):
        hall.accept(matter, at="2026-12-22 09:00")
    assert hall.fresh(matter).state == Application.State.SUBMITTED
    assert hall.clock(matter, "acceptance").state == "running"
    assert not matter.items.exists()
    assert not IssuedDocument.objects.exists()


def test_incomplete_application_is_told_what_is_missing(hall: Hall) -> None:
    matter = hall.give_all(hall.draft(contractor=""), without=("site-plan", "participants"))
    with pytest.raises(Incomplete) as refused:
        hall.submit(matter)
    sentence = str(refused.value.sentence)
    assert all(name in sentence for name in ("建筑总平面图", "工程概况和参建单位信息表"))
    assert "消防设计文件" not in sentence
    assert hall.fresh(matter).state == Application.State.DRAFT
    assert not IssuedNumber.objects.exists()


def test_optional_material_may_be_missing(hall: Hall) -> None:
    assert hall.bring_to("submitted").state == Application.State.SUBMITTED


def test_application_is_submitted_once(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    with pytest.raises(NotYours):
        hall.submit(matter, at="2026-03-02 10:01")
    assert IssuedNumber.objects.filter(series="approvals.matter").count() == 1
    assert Submission.objects.count() == 1


def test_stale_draft_is_refused_and_keeps_the_saved_facts(hall: Hall) -> None:
    matter, actor = hall.draft(), hall.actor("handler", "2026-03-02")
    saved = operations.save_facts(
        application=matter,
        facts={**FACTS, "remark": "第一个窗口"},
        version=matter.version,
        by=actor,
        at=moment("2026-03-02 09:10"),
    )
    with pytest.raises(StaleDraft):
        operations.save_facts(
            application=matter,
            facts={**FACTS, "remark": "第二个窗口"},
            version=matter.version,
            by=actor,
            at=moment("2026-03-02 09:11"),
        )
    assert (hall.fresh(matter).facts["remark"], saved.version) == ("第一个窗口", matter.version + 1)


@pytest.mark.parametrize("stage", ["submitted", "accepted", "summarised", "signed"])
def test_withdrawing_ends_the_case_and_every_clock(hall: Hall, stage: str) -> None:
    matter = hall.bring_to(stage)
    at = "2026-03-09 09:00"
    operations.withdraw_application(
        application=matter, reason="项目调整", by=hall.actor("handler", at), at=moment(at)
    )
    assert hall.fresh(matter).state == Application.State.WITHDRAWN
    assert hall.case(matter).state == "withdrawn"
    assert not Clock.objects.exclude(state="stopped").exists()
    assert not Task.objects.filter(case_id=matter.case_id, state=Task.State.OPEN).exists()
    assert hall.case(matter).due_at is None


@pytest.mark.parametrize("stage", ["draft", "sealed"])
def test_only_a_matter_under_way_is_withdrawn(hall: Hall, stage: str) -> None:
    matter = hall.bring_to(stage)
    with pytest.raises(NotYours):
        operations.withdraw_application(
            application=matter,
            reason="",
            by=hall.actor("handler", "2026-03-10"),
            at=moment("2026-03-10 09:00"),
        )
    assert hall.fresh(matter).state == matter.state


def test_accepted_matter_never_goes_back_to_the_window_or_the_applicant(hall: Hall) -> None:
    """The acceptance notice was issued (行政许可法 32): the matter stands behind it from then on."""
    matter = hall.bring_to("submitted")
    hall.correct(matter, {"application-form": "缺少签字。"}, at="2026-03-03 09:00")
    hall.give(matter, "application-form", at="2026-03-03 10:00")
    hall.supply(matter, at="2026-03-03 10:30")
    hall.accept(matter, at="2026-03-03 14:00")
    task, officer = hall.claim(matter, "fire", "officer_fire", at="2026-03-04 09:00")
    assert cases.send_back_targets(task) == []
    for node in ("accept", "supplement"):
        with pytest.raises(cases.CannotSendBack):
            cases.send_back(task=task, to_node=node, reason="x", by=officer, at=moment("2026-03-04 09:10"))
    assert hall.task(matter, "fire").pk == task.pk


def test_matter_of_an_older_drawing_sent_back_to_the_window_gets_no_second_notice(hall: Hall) -> None:
    """Drawings published before acceptance was binding still run."""
    drawing = flows.get_current("construction-permit").bpmn.replace(' jk:binding="accept"', "")
    flows.publish(key="construction-permit", bpmn=drawing.encode(), by=SYSTEM, at=moment("2026-01-06 09:00"))
    matter = hall.bring_to("accepted")
    task, officer = hall.claim(matter, "fire", "officer_fire", at="2026-03-04 09:00")
    at = moment("2026-03-04 09:10")
    cases.send_back(task=task, to_node="accept", reason="材料装订有误。", by=officer, at=at)
    clerk, again = hall.actor("clerk", "2026-03-04"), hall.task(matter, "accept")
    with pytest.raises(AlreadyAccepted):
        operations.refuse_application(task=again, reason="不受理了", by=clerk, at=moment("2026-03-04 10:00"))
    due = hall.clock(matter, "fire").due_on
    operations.accept_application(task=again, by=clerk, at=moment("2026-03-04 10:00"))
    assert IssuedDocument.objects.count() == 1
    assert hall.clock(matter, "fire").due_on == due
    for branch in ("airdefence", "quality", "fire"):
        hall.conclude(matter, branch)
    hall.summarise(matter)
    assert hall.sign(matter).outcome == "granted"


STRANGERS = ("other_handler", "stranger", "clerk", "leader", "system_admin")


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_touches_an_application(hall: Hall, who: str) -> None:
    matter = hall.give_all(hall.draft())
    actor, at = hall.actor(who, "2026-03-02"), moment("2026-03-02 10:00")
    attachment = files.list_attachments(("application", matter.pk))[0]
    row = files.get_attachment(attachment.uuid)  # type: ignore[arg-type]
    assert row is not None
    acts: list[Any] = [
        lambda: operations.save_facts(application=matter, facts={}, version=matter.version, by=actor, at=at),
        lambda: operations.discard_draft(application=matter, by=actor, at=at),
        lambda: operations.submit_application(application=matter, by=actor, at=at),
        lambda: operations.remove_material(application=matter, attachment=row, by=actor, at=at),
        lambda: operations.withdraw_application(application=matter, reason="", by=actor, at=at),
        lambda: hall.give(matter, "mandate", at="2026-03-02 10:00", by=who),
        lambda: operations.create_draft(
            package=hall.package, enterprise_id=hall.cast.enterprise.pk, facts={}, by=actor, at=at
        ),
    ]
    for act in acts:
        with pytest.raises(NotYours):
            act()
    assert Application.objects.get().facts == FACTS


def test_person_who_no_longer_acts_for_the_enterprise_is_a_stranger(hall: Hall) -> None:
    """The handler left; neither the draft nor its files are theirs any more."""
    draft, running = hall.give_all(hall.draft()), hall.bring_to("submitted")
    Representation.objects.filter(person=hall.cast.person("handler")).update(
        starts_on=SINCE, ends_on="2026-03-10"
    )
    before, after = hall.actor("handler", "2026-03-10 09:00"), hall.actor("handler", "2026-03-11 09:00")
    for matter in (draft, running):
        assert files.may_read(before, owner="application", owner_id=matter.pk)
        assert not files.may_read(after, owner="application", owner_id=matter.pk)
    with pytest.raises(NotYours):
        operations.discard_draft(application=draft, by=after, at=moment("2026-03-11 09:00"))
    assert not files.may_write(after, owner="application", owner_id=draft.pk, slot="mandate")
