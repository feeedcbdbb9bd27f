"""The hall of the demonstration zone: its windows, this week's rota, visitors of today, appointments."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from jingkai.config.demo import organisation
from jingkai.kernel.calendar.api import CalendarYearMissing
from jingkai.kernel.organisation import api as offices
from jingkai.kernel.organisation.models import Role
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

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seat:
    """Somebody of a department who serves at a window: names, unit, window."""

    name: str
    name_en: str
    unit: str
    number: int


CLERKS = (("chuangkou", 3), ("chuangkou2", 13))
"""Who has a login, at which window."""

STAFF = (
    Seat("何晓琳", "He Xiaolin", "market", 1),
    Seat("邵敏", "Shao Min", "market", 2),
    Seat("丁一鸣", "Ding Yiming", "resources", 4),
    Seat("薛佳", "Xue Jia", "construction", 5),
    Seat("曹蕾", "Cao Lei", "environment", 6),
    Seat("戴薇", "Dai Wei", "resources", 7),
    Seat("秦峰", "Qin Feng", "fire", 8),
    Seat("陆萍", "Lu Ping", "emergency", 9),
    Seat("姜雯", "Jiang Wen", "hr", 10),
    Seat("范婷", "Fan Ting", "hr", 11),
    Seat("汪洁", "Wang Jie", "finance", 12),
)
"""The departments' own people at the other windows."""

RIGHTS = ("windows.serve", "windows.see_rota", "evaluations.invite")
UNMANNED = (9, Half.AFTERNOON)
"""Nobody sits there in the afternoon: the rota shows the gap."""
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
GENERAL = 13
SERVERS = {"general": GENERAL, "investment": 3, "registration": 1, "planning": 5, "talent": 10, "tax": 12}
"""Which window serves the visitors of a line in that morning."""


def seed(at: datetime) -> None:
    """Set the hall up once and let a morning pass in it; without a calendar of the year it stays quiet."""
    try:
        with transaction.atomic():
            _set_up(at)
    except CalendarYearMissing as missing:
        logger.warning("the hall stays without visitors: %s", missing)


def _set_up(at: datetime) -> None:
    if not windows.set_up_usual_hall(by=SYSTEM, at=at):
        return
    seats = _staff(at)
    _plan_week(seats, at)
    begun = _last_opening(at)
    if begun is not None:
        _let_a_morning_pass(seats, begun, at)
    _book(at)


def _staff(at: datetime) -> dict[int, int]:
    """Who sits at which window: the clerks with a login, and one of a department at each of the others."""
    role = _role(at)
    seats = {number: organisation.person_id(login) for login, number in CLERKS}
    return seats | {seat.number: _appointed(seat, role, at) for seat in STAFF}


def _role(at: datetime) -> Role:
    found = Role.objects.filter(code="window_staff").first()
    draft = offices.RoleDraft(
        code="window_staff", name="窗口工作人员", name_en="Window staff", permissions=RIGHTS
    )
    return found or offices.create_role(draft=draft, by=SYSTEM, at=at)


def _appointed(seat: Seat, role: Role, at: datetime) -> int:
    person = register_person(name=seat.name, name_en=seat.name_en, by=SYSTEM, at=at)
    draft = offices.PostDraft(
        title=f"{seat.number}号窗口工作人员", title_en=f"Window {seat.number}", order=100 + seat.number
    )
    post = offices.create_post(unit=offices.unit_by_code(seat.unit), draft=draft, by=SYSTEM, at=at)
    post.roles.set([role])
    since = timezone.localdate(at - timedelta(days=200))
    offices.appoint(person=person, post=post, starts_on=since, by=SYSTEM, at=at)
    return int(person.pk)


def _plan_week(seats: dict[int, int], at: datetime) -> None:
    """Publish the rota of this week and, at its end, of the next."""
    today = timezone.localdate(at)
    manager = offices.actor_for_person(organisation.person_id("dating"), today)
    for monday in sorted({monday_of(day) for day in (today, *windows.working_days(today, 1))}):
        plan: dict[tuple[date, str, int], int | None] = {
            (day, half.value, window.pk): seats[window.number]
            for day in windows.days_of_week(monday)
            for half in Half
            for window in windows.list_windows()
            if (window.number, half) != UNMANNED
        }
        if plan:
            windows.save_plan(monday=monday, plan=plan, version=1, by=manager, at=at)
            windows.publish(monday=monday, by=manager, at=at)


def _last_opening(at: datetime) -> datetime | None:
    """Give nine o'clock of today, or of the last working day where today's morning is not over."""
    today = timezone.localdate(at)
    days = windows.working_days(today - timedelta(days=12), 12)
    openings = [timezone.make_aware(datetime.combine(day, time(9))) for day in days]
    return max((one for one in openings if one + timedelta(hours=2) <= at), default=None)


def _let_a_morning_pass(seats: dict[int, int], begun: datetime, until: datetime) -> None:
    lines = {line.code: line for line in windows.list_lines()}
    for index, (code, topic, priority) in enumerate(VISITORS):
        draft = TicketDraft(
            topic=topic, priority=priority, phone=f"1370000{index + 1:04d}" if index % 3 else ""
        )
        taken = begun + timedelta(minutes=6 * index)
        windows.take_ticket(line=lines[code], draft=draft, by=VISITOR, at=min(taken, until))
    on = timezone.localdate(begun)
    actors = {number: offices.actor_for_person(person, on) for number, person in seats.items()}
    for window in windows.list_windows():
        windows.sit_down(window=window, by=actors[window.number], at=begun)
    for index, (code, _topic, _priority) in enumerate(VISITORS[:SERVED]):
        called = begun + timedelta(minutes=10 + 10 * index)
        if not _serve(actors[SERVERS[code]], called, index):
            _serve(actors[GENERAL], called, index)


def _serve(by: Actor, called: datetime, index: int) -> bool:
    """Serve the next visitor of a window; False where nobody waits for it."""
    if windows.call_next(by=by, at=called) is None:
        return False
    windows.start_service(by=by, at=called + timedelta(minutes=1))
    outcome = OUTCOMES[index % len(OUTCOMES)]
    lacks = [MissingLine("授权委托书", "需加盖公章")] if outcome is Outcome.MISSING else []
    ended = called + timedelta(minutes=6 + index % 4)
    windows.end_visit(outcome=outcome, note="", lacks=lacks, by=by, at=ended)
    return True


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
