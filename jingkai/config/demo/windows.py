"""The hall of the demonstration zone: its windows, this week's rota, visitors of today, appointments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from jingkai.config.demo import organisation
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.data import SYSTEM, VISITOR, Actor
from jingkai.modules.windows import api as windows
from jingkai.modules.windows.data import (
    BookingDraft,
    Half,
    MissingLine,
    Outcome,
    Priority,
    TicketDraft,
    monday_of,
)

CLERKS = (("chuangkou", 3), ("chuangkou2", 13))
VISITORS = (
    ("investment", "企业投资项目备案", Priority.NONE),
    ("general", "材料代收", Priority.NONE),
    ("investment", "节能审查", Priority.NONE),
    ("general", "办事咨询", Priority.ELDERLY),
    ("registration", "企业设立登记", Priority.NONE),
    ("investment", "企业投资项目备案", Priority.NONE),
    ("planning", "建筑工程施工许可", Priority.SERVICE),
    ("general", "结果领取", Priority.NONE),
    ("talent", "社会保险登记", Priority.NONE),
    ("investment", "企业投资项目备案", Priority.NONE),
    ("tax", "涉税事项办理", Priority.NONE),
    ("general", "办事咨询", Priority.NONE),
)
OUTCOMES = (Outcome.HANDLED, Outcome.HANDLED, Outcome.CONSULTED, Outcome.MISSING)
BOOKED = (
    ("fire", "消防设计审查", "沈工"),
    ("registration", "企业变更登记", "陶女士"),
    ("land", "不动产登记", "闻先生"),
)
SERVED = 8


@transaction.atomic
def seed(at: datetime) -> None:
    """Set the hall up once and let a morning pass in it."""
    if not windows.set_up_usual_hall(by=SYSTEM, at=at):
        return
    _plan_week(at)
    begun = _last_opening(at)
    if begun is not None:
        _let_a_morning_pass(begun, at)
    _book(at)


def _clerk(login: str, at: datetime) -> Actor:
    return actor_for_person(organisation.person_id(login), timezone.localdate(at))


def _plan_week(at: datetime) -> None:
    monday = monday_of(timezone.localdate(at))
    numbers = {window.number: window.pk for window in windows.list_windows()}
    plan: dict[tuple[date, str, int], int | None] = {
        (day, half.value, numbers[number]): organisation.person_id(login)
        for day in windows.days_of_week(monday)
        for half in Half
        for login, number in CLERKS
    }
    if plan:
        windows.save_plan(monday=monday, plan=plan, version=1, by=SYSTEM, at=at)
        windows.publish(monday=monday, by=SYSTEM, at=at)


def _last_opening(at: datetime) -> datetime | None:
    """Give nine o'clock of today, or of the last working day where today's morning is not over."""
    today = timezone.localdate(at)
    days = windows.working_days(today - timedelta(days=12), 12)
    openings = [timezone.make_aware(datetime.combine(day, time(9))) for day in days]
    return max((one for one in openings if one + timedelta(hours=2) <= at), default=None)


def _let_a_morning_pass(begun: datetime, until: datetime) -> None:
    lines = {line.code: line for line in windows.list_lines()}
    for index, (code, topic, priority) in enumerate(VISITORS):
        draft = TicketDraft(topic=topic, priority=priority)
        taken = begun + timedelta(minutes=6 * index)
        windows.take_ticket(line=lines[code], draft=draft, by=VISITOR, at=min(taken, until))
    places = {window.number: window for window in windows.list_windows()}
    for login, number in CLERKS:
        windows.sit_down(window=places[number], by=_clerk(login, until), at=begun)
    for index in range(SERVED):
        _serve(_clerk(CLERKS[index % 2][0], until), begun + timedelta(minutes=10 + 10 * index), index)


def _serve(by: Actor, called: datetime, index: int) -> None:
    if windows.call_next(by=by, at=called) is None:
        return
    windows.start_service(by=by, at=called + timedelta(minutes=1))
    outcome = OUTCOMES[index % len(OUTCOMES)]
    lacks = [MissingLine("授权委托书", "需加盖公章")] if outcome is Outcome.MISSING else []
    ended = called + timedelta(minutes=6 + index % 4)
    windows.end_visit(outcome=outcome, note="", lacks=lacks, by=by, at=ended)


def _book(at: datetime) -> None:
    """Hold a slot on the next working days for each of the booked."""
    lines = {line.code: line for line in windows.list_lines()}
    for index, (code, topic, name) in enumerate(BOOKED):
        days = list(windows.list_slots(lines[code], at=at).values())
        if len(days) < 2:
            return
        slot = days[1][min(index, len(days[1]) - 1)]
        person = register_person(name=name, phone=f"1360000{index + 1:04d}", by=SYSTEM, at=at)
        draft = BookingDraft(name=name, on=slot.on, starts=slot.starts, topic=topic)
        windows.book(line=lines[code], person=person, draft=draft, by=VISITOR, at=at)
