"""Facts follow the matters of which they tell: at once, once, and again from the ground."""

from __future__ import annotations

import pytest

from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.events import ResultSealed
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.efficiency import handlers, operations
from jingkai.modules.efficiency.models import MatterFact

pytestmark = pytest.mark.django_db


def test_facts_follow_the_matter(hall: Hall) -> None:
    """The deciding item's clock runs until the seal; the others end with their opinion."""
    matter = hall.bring_to("sealed")
    decision = hall.decision(matter)
    handlers.on_result_sealed(ResultSealed(application_id=matter.pk, decision_id=decision.pk))
    rows = {row.unit_id: row for row in MatterFact.objects.filter(application_id=matter.pk)}
    for branch, officer in (("fire", "officer_fire"), ("quality", "officer_quality")):
        item, clock = hall.item(matter, branch), hall.clock(matter, branch)
        row = rows[item.unit_id]
        assert (row.actual, row.on_time, row.concluded_on) == (
            clock.used_days,
            clock.on_time,
            clock.stopped_on,
        )
        assert (row.statutory, row.promised) == (clock.limit["amount"], clock.limit["promised"])
        assert row.person_id == hall.cast.person(officer).pk
    assert operations.check_facts() == []


def test_handler_twice_changes_nothing_and_rebuild_mends(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    event = ResultSealed(application_id=matter.pk, decision_id=hall.decision(matter).pk)
    handlers.on_result_sealed(event)
    first = list(MatterFact.objects.order_by("item_id").values())
    handlers.on_result_sealed(event)
    assert list(MatterFact.objects.order_by("item_id").values()) == first
    MatterFact.objects.filter(pk=first[0]["id"]).update(actual=99)
    MatterFact.objects.filter(pk=first[1]["id"]).delete()
    assert {one.what for one in operations.check_facts()} == {"actual", "missing"}
    assert operations.rebuild_facts() == len(first)
    assert operations.check_facts() == []


def test_suspended_days_are_told_by_reason(hall: Hall) -> None:
    matter = hall.bring_to("accepted", accepted="2026-03-03 10:00")
    task, by = hall.claim(matter, "fire", "officer_fire", at="2026-03-04 09:00")
    approvals.start_expert_review(task=task, reason="特殊消防设计", by=by, at=moment("2026-03-04 09:00"))
    approvals.end_expert_review(task=task, conclusion="同意", by=by, at=moment("2026-03-10 09:00"))
    hall.conclude(matter, "airdefence", at="2026-03-05 09:00")
    hall.conclude(matter, "quality", at="2026-03-05 09:00")
    hall.conclude(matter, "fire", at="2026-03-11 09:00")
    hall.summarise(matter, at="2026-03-11 10:00")
    hall.sign(matter, at="2026-03-11 11:00")
    hall.apply_seal(matter, at="2026-03-11 15:00")
    operations.refresh_matter(application_id=matter.pk)
    row = MatterFact.objects.get(unit=hall.item(matter, "fire").unit_id)
    [held] = row.holds.all()
    assert (held.reason, held.days) == ("expert_review", row.held_days)
    assert row.held_days == 4


def test_withdrawn_matter_is_no_fact(hall: Hall) -> None:
    matter = hall.bring_to("accepted")
    at = "2026-03-06 09:00"
    by = hall.actor("handler", at)
    approvals.withdraw_application(application=matter, reason="项目调整", by=by, at=moment(at))
    assert operations.refresh_matter(application_id=matter.pk) == 0
