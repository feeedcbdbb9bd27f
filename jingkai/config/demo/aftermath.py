"""What followed from the demonstration's ratings: rectifications, complaints, the monthly report."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.config.demo.telling import actor
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.efficiency import api as efficiency
from jingkai.modules.evaluations import api as evaluations
from jingkai.modules.evaluations.data import WORST_GOOD

logger = logging.getLogger(__name__)
MEASURES = (
    "已查明超期原因为内部会签等待三天，现已取消该会签环节，并向申请人当面说明、致歉。",
    "已重新出具载明依据的说明并送达申请人，设置规范要点已补充到办事指南。",
)
VISITED = "窗口已来电说明，处理结果可以接受。"
REPLY = (
    "经核查，窗口三次分别告知不同材料，未做到一次性告知。"
    "已责成当日补齐清单并为您优先办结，相关人员已接受批评教育。"
)


def seed(at: datetime) -> None:
    """Go on after the bad ratings, clear comments, and report the last month; called once."""
    bad = [one for one in evaluations.all_evaluations() if one.level < WORST_GOOD]
    for place, one in enumerate(bad):
        try:
            with transaction.atomic():
                _follow(place, one, at)
        except calendar.CalendarYearMissing as missing:
            logger.warning("what followed from a rating is left out: %s", missing)
    _clear_comments(at)
    _report(at)


def _follow(place: int, rating: Any, now: datetime) -> None:
    """The first is put right and asked after, the second put right, the third complained of and answered."""
    if place < len(MEASURES):
        at = _later(rating.rated_at, 3, now)
        task, by = _held(rating.rectification.case, "handle", at)
        evaluations.record_measures(task=task, measures=MEASURES[place], evidence=(), by=by, at=at)
    if place == 0:
        at = _later(rating.rated_at, 5, now)
        by = actor("chuangkou2", at)
        task = _open(rating.rectification.case, "visit")
        cases.claim_task(task=task, by=by, at=at)
        said = evaluations.VisitWords(way="phone", answer="satisfied", words=VISITED, new_level=4)
        evaluations.record_visit(task=_open(task.case, "visit"), said=said, by=by, at=at)
    if place > 0 and rating.rater_id is not None:
        at = _later(rating.rated_at, 1, now)
        by = actor_for_person(rating.rater_id, timezone.localdate(at))
        text = "整改以前没有人联系过我，请上级核查。"
        complaint = evaluations.open_complaint(evaluation=rating, text=text, by=by, at=at)
        if place > 1:
            at = _later(rating.rated_at, 4, now)
            task, answering = _held(complaint.case, "answer", at)
            evaluations.answer_complaint(task=task, reply=REPLY, by=answering, at=at)


def _open(case: Case, node: str) -> Task:
    return Task.objects.select_related("case").get(case=case, node_id=node, state=Task.State.OPEN)


def _held(case: Case, node: str, at: datetime) -> tuple[Task, Actor]:
    """The open task at a node and the one who has it."""
    task = _open(case, node)
    assert task.assignee_id is not None
    return task, actor_for_person(task.assignee_id, timezone.localdate(at))


def _later(since: datetime, days: int, now: datetime) -> datetime:
    """So many working days later, at ten; never in the future."""
    on = calendar.get_calendar().add_working_days(timezone.localdate(since), days)
    return min(timezone.make_aware(datetime.combine(on, time(10))), now)


def _clear_comments(now: datetime) -> None:
    """The catalogue's editor publishes what people wrote, a third of it not yet looked at."""
    by = actor("shixiang", now)
    waiting: list[Any] = [one for one in evaluations.all_evaluations() if one.comment]
    for one in waiting[: len(waiting) * 2 // 3]:
        evaluations.review_comment(
            evaluation=one, publish=True, text=one.comment, version=one.version, by=by, at=now
        )


def _report(now: datetime) -> None:
    """The last month's efficiency report, made and issued on the first working day of this one."""
    efficiency.rebuild_facts()
    today = timezone.localdate(now)
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        with transaction.atomic():
            at = min(timezone.make_aware(datetime.combine(_first_working(today), time(8))), now)
            report = efficiency.ask_for_report(month=month, by=SYSTEM, at=at)
            efficiency.make_report(report_id=report.pk, by=SYSTEM, at=at)
            report.refresh_from_db()
            issued = min(at + timedelta(hours=2), now)
            efficiency.issue_report(report=report, by=actor("zhuren", issued), at=issued)
    except calendar.CalendarYearMissing as missing:
        logger.warning("the report of the last month is left out: %s", missing)


def _first_working(today: date) -> date:
    year, day = calendar.get_calendar(), today.replace(day=1)
    while day < today and not year.is_working(day):
        day += timedelta(days=1)
    return day
