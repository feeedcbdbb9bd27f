"""Hearings (听证): one item's clock stands still on a written notice, 行政许可法 45 to 48."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar.api import get_calendar
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.events import ItemResumed, ItemSuspended
from jingkai.modules.approvals.models import ApplicationItem, Hearing, ItemExtension
from jingkai.modules.approvals.operations.item_papers import issue_extension, issue_hearing, plain_day
from jingkai.modules.approvals.operations.steps import lock_item
from jingkai.modules.approvals.operations.telling import tell_enterprise

NOTICE_DAYS = 7
"""行政许可法 48 (一): the notice goes out seven days before the hearing."""


class HearingOpen(PersonFacingError):
    """One hearing at a time."""

    sentence = _("A hearing on this item is already under way.")


class NoHearing(PersonFacingError):
    """There is no hearing to end."""

    sentence = _("There is no hearing under way for this item.")


class HearingRequestLate(PersonFacingError):
    """行政许可法 47: the request comes within five days of being told of the right to it."""

    sentence = _("The request for a hearing came after %(until)s, the last day for it.")
    advice = _(
        "The organ may still hold a hearing of its own accord (行政许可法 46); choose that, and say why."
    )
    status = 422


class HearingTooSoon(PersonFacingError):
    """行政许可法 48: the applicant is told seven days before."""

    sentence = _(
        "The hearing can be held on %(first)s at the earliest: its notice goes out seven days before."
    )
    status = 422


class HearingTooLate(PersonFacingError):
    """行政许可法 47: a requested hearing is held within twenty days."""

    sentence = _("The hearing must be held by %(last)s (行政许可法 47).")
    status = 422


@dataclass(frozen=True)
class HearingDraft:
    """What the officer says of a hearing; the two days belong to one that was asked for."""

    kind: str
    reason: str
    place: str
    held_on: date
    told_on: date | None = None
    requested_on: date | None = None


@transaction.atomic
def start_hearing(*, task: Task, draft: HearingDraft, by: Actor, at: datetime) -> Hearing:
    """Hold a hearing on an item: the applicant is told in writing, and the clock stands still from today.

    Errors: HearingOpen, HearingRequestLate, HearingTooSoon, HearingTooLate, CannotSuspend.
    """
    item = lock_item(task=task, by=by)
    if item.hearings.filter(ended_at=None).exists():
        raise HearingOpen
    today = timezone.localdate(at)
    last = check_days(draft, today=today)
    told = {
        "grounds": _grounds(draft),
        "reason": draft.reason,
        "held_on": draft.held_on,
        "place": draft.place,
        "hold_until": last,
    }
    notice = issue_hearing(item, told=told, by=by, at=at)
    clock.suspend_clock(
        clock=item.clock, reason="hearing", basis=notice.number_text, note=draft.reason[:500], by=by, at=at
    )
    hearing = Hearing.objects.create(
        item=item,
        kind=draft.kind,
        told_on=draft.told_on,
        requested_on=draft.requested_on,
        hold_until=last,
        held_on=draft.held_on,
        place=draft.place,
        reason=draft.reason,
        notice=notice,
        started_by_id=rules.person_of(by),
        started_at=at,
    )
    cases.refresh_clock(case_id=task.case_id, clock=item.clock, at=at)
    facts = {"branch": item.branch, "hearing": hearing.pk, "basis": notice.number_text}
    _record(item, "review.hearing_started", by=by, at=at, facts=facts)
    events.publish(ItemSuspended(application_id=item.application_id, item_id=item.pk))
    tell_enterprise(
        item.application,
        kind="hearing_notice",
        at=at,
        item=item.item.name,
        number=notice.number_text,
        day=draft.held_on,
        place=draft.place,
    )
    return hearing


@transaction.atomic
def end_hearing(*, task: Task, conclusion: str, by: Actor, at: datetime) -> Hearing:
    """Record what the hearing found; the due date moves by exactly the days left out (行政许可法 45)."""
    item = lock_item(task=task, by=by)
    hearing = item.hearings.select_for_update().filter(ended_at=None).first()
    if hearing is None:
        raise NoHearing
    if queries.is_on_hold(item):  # else its cap let the clock run again by itself
        clock.resume_clock(
            clock=item.clock, basis=hearing.notice.number_text, note=conclusion[:500], by=by, at=at
        )
    hearing.conclusion, hearing.ended_at, hearing.ended_by_id = conclusion, at, by.party_id
    hearing.excluded_days = queries.days_of_last_hold(item)
    hearing.save()
    cases.refresh_clock(case_id=task.case_id, clock=item.clock, at=at)
    facts = {"branch": item.branch, "hearing": hearing.pk, "excluded_days": hearing.excluded_days}
    _record(item, "review.hearing_ended", by=by, at=at, facts=facts)
    events.publish(ItemResumed(application_id=item.application_id, item_id=item.pk))
    tell_enterprise(
        item.application, kind="clock_resumed", at=at, unit=item.unit.name, due=queries.due_day(item)
    )
    return hearing


def check_days(draft: HearingDraft, *, today: date) -> date:
    """Give the last day for a hearing, or refuse its days.

    行政许可法 47: asked for within the days of the rule `hearing_request` of being told; held within those of
    `hearing_hold` of the request, or, of the organ's own accord (46), of today; 48: told seven days before.
    """
    calendar = get_calendar()
    begun = today
    if draft.kind == Hearing.Kind.REQUESTED:
        told, begun = draft.told_on or today, draft.requested_on or today
        until = calendar.add_working_days(told, clock.get_limit("hearing_request", on=today).amount)
        if begun > until or begun < told:
            raise HearingRequestLate(until=until.isoformat())
    last = calendar.add_working_days(begun, clock.get_limit("hearing_hold", on=today).amount)
    first = today + timedelta(days=NOTICE_DAYS)
    if draft.held_on < first:
        raise HearingTooSoon(first=first.isoformat())
    if draft.held_on > last:
        raise HearingTooLate(last=last.isoformat())
    return last


@transaction.atomic
def note_extension(*, clock_id: int, at: datetime) -> ItemExtension | None:
    """Issue the notice of an extension of an item's limit (行政许可法 42); None where the clock is no item's.

    Safe to repeat: one notice for each extension.
    """
    item = (
        ApplicationItem.objects.select_for_update(of=("self",))
        .select_related("application__enterprise", "application__case", "item", "clock", "unit")
        .filter(clock_id=clock_id)
        .first()
    )
    if item is None or item.application.case is None:
        return None
    lines = [line for line in clock.list_ledger(clock=item.clock) if line.kind == "extend"]
    if len(lines) <= item.extensions.count():
        return None
    line, due = lines[-1], Clock.objects.get(pk=clock_id).due_on
    notice = issue_extension(item, days=line.days, reason=line.note, due=due, by=SYSTEM, at=at)
    extension = ItemExtension.objects.create(
        item=item,
        days=line.days,
        reason=line.note,
        notice=notice,
        approved_by_id=line.by_id,
        approved_at=line.at,
    )
    cases.refresh_clock(case_id=item.application.case.pk, clock=item.clock, at=at)
    facts = {"branch": item.branch, "days": line.days, "document": notice.number_text}
    _record(item, "item.extended", by=SYSTEM, at=at, facts=facts)
    return extension


def _grounds(draft: HearingDraft) -> str:
    if draft.kind == Hearing.Kind.OFFICIAL:
        return "根据《中华人民共和国行政许可法》第四十六条的规定，"
    asked = plain_day(draft.requested_on) if draft.requested_on else ""
    return f"你单位于{asked}提出听证申请。根据《中华人民共和国行政许可法》第四十七条的规定，"


def _record(item: ApplicationItem, action: str, *, by: Actor, at: datetime, facts: dict[str, object]) -> None:
    case = item.application.case
    assert case is not None
    audit.record(case, action=action, by=by, at=at, for_=item.application.enterprise_id, facts=facts)
