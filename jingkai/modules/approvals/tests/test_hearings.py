"""Hearings and extensions: 行政许可法 42 and 45 to 48, on one item's clock, told in writing."""

from __future__ import annotations

from datetime import date

import pytest

from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.kernel.events import api as events
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Hearing, ItemExtension
from jingkai.modules.approvals.operations.hearings import (
    HearingOpen,
    HearingRequestLate,
    HearingTooLate,
    HearingTooSoon,
    check_days,
)
from jingkai.modules.approvals.operations.review import HearingStillRunning
from jingkai.modules.approvals.testing import moment
from jingkai.modules.approvals.testing.project import Project
from jingkai.records.documents.models import IssuedDocument

pytestmark = pytest.mark.django_db
HALL_AT = "project"


def draft(**changed: object) -> operations.HearingDraft:
    plain: dict[str, object] = {
        "kind": "requested",
        "reason": "邻近居民对排放有异议",
        "place": "政务服务中心三楼",
        "told_on": date(2026, 3, 5),
        "requested_on": date(2026, 3, 6),
        "held_on": date(2026, 3, 18),
    }
    return operations.HearingDraft(**{**plain, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({}, None),
        ({"requested_on": date(2026, 3, 12)}, None),
        ({"requested_on": date(2026, 3, 13)}, HearingRequestLate),
        ({"requested_on": date(2026, 3, 4)}, HearingRequestLate),
        ({"held_on": date(2026, 3, 12)}, HearingTooSoon),
        ({"held_on": date(2026, 3, 13)}, None),
        ({"held_on": date(2026, 4, 10)}, HearingTooLate),
        ({"kind": "official", "told_on": None, "requested_on": None, "held_on": date(2026, 4, 3)}, None),
    ],
)
def test_the_days_of_a_hearing_follow_the_law(
    project: Project, changed: dict[str, object], refused: type[Exception] | None
) -> None:
    if refused is None:
        check_days(draft(**changed), today=date(2026, 3, 6))
    else:
        with pytest.raises(refused):
            check_days(draft(**changed), today=date(2026, 3, 6))


def test_a_hearing_holds_one_clock_by_exactly_its_days(project: Project) -> None:
    matter = project.accepted()
    project.decide(matter, "filing")
    task, officer = project.claim(matter, "r_eia", "officer_environment", "2026-03-06 09:00")
    item = project.run(matter, "eia").item
    assert item is not None
    assert Clock.objects.get(pk=item.clock_id).due_on == date(2026, 4, 7)
    hearing = operations.start_hearing(task=task, draft=draft(), by=officer, at=moment("2026-03-06 10:00"))
    assert hearing.notice.number_text == "示开听〔2026〕1号"
    assert Clock.objects.get(pk=item.clock_id).state == "suspended"
    other = project.run(matter, "energy").item
    assert other is not None
    assert Clock.objects.get(pk=other.clock_id).state == "running"
    with pytest.raises(HearingOpen):
        operations.start_hearing(task=task, draft=draft(), by=officer, at=moment("2026-03-06 10:05"))
    with pytest.raises(HearingStillRunning):
        operations.give_opinion(
            task=task, outcome="agree", text="同意", by=officer, at=moment("2026-03-07 10:00")
        )
    done = operations.end_hearing(
        task=task, conclusion="异议不成立", by=officer, at=moment("2026-03-18 15:00")
    )
    after = Clock.objects.get(pk=item.clock_id)
    assert done.excluded_days == 12
    assert after.due_on == date(2026, 4, 16)
    assert Hearing.objects.get().ended_at is not None


def test_an_extension_is_told_in_a_notice_of_its_own(project: Project) -> None:
    matter = project.accepted()
    project.decide(matter, "filing")
    item = project.run(matter, "energy").item
    assert item is not None
    head = project.actor("deputy_director", "2026-03-09 09:00")
    project.hall.travel("2026-03-09 10:00")
    clock.extend_clock(
        clock=item.clock,
        days=10,
        approver="organ_head",
        reason="节能报告需要补充测算",
        basis="行政许可法第四十二条",
        by=head,
        at=moment("2026-03-09 10:00"),
    )
    events.run_jobs()
    extension = ItemExtension.objects.get(item=item)
    assert extension.days == 10
    assert extension.approved_by_id == head.party_id
    assert IssuedDocument.objects.get(pk=extension.notice_id).title == "延长办理期限告知书"
    assert operations.note_extension(clock_id=item.clock_id, at=moment("2026-03-09 11:00")) is None
