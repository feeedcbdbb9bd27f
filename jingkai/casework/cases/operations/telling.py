"""Telling people about tasks and cases: the kinds of notices of the engine."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from jingkai.casework.cases.models import Case, Task, Timer
from jingkai.casework.cases.queries.people import people_behind
from jingkai.casework.flow.data import TimeoutAct
from jingkai.kernel.notices import api as notices
from jingkai.kernel.notices.api import NoticeKind

FACTS = ("reference", "case", "task", "words")

URGED, REMINDED, GIVEN, TO_READ = "cases.urged", "cases.reminded", "cases.given", "cases.to_read"

KINDS = (
    NoticeKind(
        URGED,
        "催办",
        "Please hurry",
        FACTS,
        "催办：{case}",
        "Please hurry: {case}",
        "“{task}”一步请尽快办理。{words}",
        "Please finish “{task}” soon. {words}",
    ),
    NoticeKind(
        REMINDED,
        "待办超时提醒",
        "Reminder",
        FACTS,
        "待办提醒：{case}",
        "Reminder: {case}",
        "“{task}”一步已超过规定时间，请尽快办理。",
        "“{task}” has been open for longer than the flow allows. Please finish it.",
    ),
    NoticeKind(
        GIVEN,
        "超时转交",
        "Handed to you",
        FACTS,
        "转交您办理：{case}",
        "Handed to you: {case}",
        "“{task}”一步超时未办，已按流程规定转交您办理。",
        "“{task}” was not finished in time, so the flow has handed it to you.",
    ),
    NoticeKind(
        TO_READ,
        "传阅",
        "To read",
        FACTS,
        "请阅：{case}",
        "To read: {case}",
        "现将该办件送您阅知。{words}",
        "This case was sent to you to read. {words}",
    ),
)


def declare_kinds() -> None:
    """Make these kinds of notices known; called once while the product starts."""
    for kind in KINDS:
        notices.declare_kind(kind)


def tell_holder(case: Case, task: Task, *, kind: str, at: datetime, words: str = "", key: str = "") -> None:
    """Tell whoever has a task, or everybody who may take it."""
    people = people_behind(task, timezone.localdate(at))
    tell(case, people, kind=kind, at=at, key=key, task=task.name, words=words)


def tell_timeout(case: Case, task: Task, timer: Timer) -> None:
    """Tell the holder that a task is late, or the new holder that it was handed to him."""
    moved = timer.act in (TimeoutAct.ESCALATE, TimeoutAct.TRANSFER)
    at = timer.fired_at or timer.due_at
    tell_holder(case, task, kind=GIVEN if moved else REMINDED, at=at, key=f"cases.timer.{timer.pk}")


def tell(
    case: Case, people: Collection[int], *, kind: str, at: datetime, key: str = "", **facts: Any
) -> None:
    """Tell persons about a case, with a link to it."""
    if people:
        notices.notify(
            to=people,
            kind=kind,
            at=at,
            facts={"case": case.title, **facts},
            url=reverse("inbox:case", args=[case.uuid]),
            case_ref=case.reference,
            key=key,
        )
