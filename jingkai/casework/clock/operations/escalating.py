"""Warnings before the end of a limit, and cards after it: each once, at the moment that the rule names.

The note that a step was taken, the card and the notices are written in one transaction: a crash before its
end leaves nothing, one after it finds the note.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from jingkai.casework.clock.data import CARDS, STEPS, ClockSubject, State, Step
from jingkai.casework.clock.events import CardIssued, ClockStepTaken
from jingkai.casework.clock.models import Card, Clock, StepTaken
from jingkai.casework.clock.operations.ledger import plan_step, zone_day
from jingkai.casework.clock.rules.permissions import SUPERVISE
from jingkai.casework.clock.rules.subjects import subjects_of
from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, get_calendar
from jingkai.kernel.events import api as events
from jingkai.kernel.notices.api import notify
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import SYSTEM

COLOURS = {Step.YELLOW_CARD: Card.Colour.YELLOW, Step.RED_CARD: Card.Colour.RED}


@transaction.atomic
def take_steps(*, at: datetime, limit: int = 100) -> int:
    """Take the steps of running clocks whose moment has come; gives how many clocks there were.

    With a full batch the caller looks again. A clock that has missed several (the worker stood still) takes
    them one after the other.
    """
    due = Clock.objects.filter(state=State.RUNNING, step_at__lte=at).order_by("step_at", "pk")
    clocks = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
    subjects, calendar = subjects_of([clock.pk for clock in clocks]), get_calendar()
    for clock in clocks:
        _take(clock, subjects.get(clock.pk), calendar, at=at)
    Clock.objects.bulk_update(clocks, ["step", "step_at"])
    return len(clocks)


def _take(clock: Clock, subject: ClockSubject | None, calendar: Calendar, *, at: datetime) -> None:
    step = STEPS[clock.step]
    _note, new = StepTaken.objects.get_or_create(
        clock=clock, step=step.value, due_on=clock.due_on, defaults={"at": at}
    )
    plan_step(clock, clock.limit_value, clock.step + 1, calendar)
    if not new:
        return
    if step in CARDS:
        _issue(clock, step, subject, calendar, at=at)
    elif subject is not None:
        _warn(clock, step, subject, at=at)
    events.publish(ClockStepTaken(clock_id=clock.pk, step=step.value))


def _warn(clock: Clock, step: Step, subject: ClockSubject, *, at: datetime) -> None:
    notify(
        to=_people(step, subject, zone_day(at)),
        kind=f"limit_{step.value}_warned",
        at=at,
        facts={"matter": subject.title, "limit": clock.label, "due": clock.due_on},
        url=subject.staff_url or subject.url,
        case_ref=subject.reference,
        key=f"clock.{clock.pk}.{step.value}.{clock.due_on}",
    )


def _people(step: Step, subject: ClockSubject, on: date) -> list[int]:
    if step is Step.HOLDER:
        return list(subject.holders) or _members(subject.units, on)
    if step is Step.HEAD:
        heads = (organisation.head_of(unit, on) for unit in subject.units)
        return [head.person_id for head in heads if head is not None]
    return organisation.people_with(SUPERVISE, on)


def _members(units: Iterable[int], on: date) -> list[int]:
    return [member.person_id for unit in units for member in organisation.members_of(unit, on)]


def _issue(
    clock: Clock, step: Step, subject: ClockSubject | None, calendar: Calendar, *, at: datetime
) -> None:
    """Issue a card to whoever has the matter in hand; the unit answers where nobody has taken it up."""
    about = subject or ClockSubject(reference="", title=clock.label, title_en=clock.label_en, url="")
    today = zone_day(at)
    card = Card.objects.create(
        clock=clock,
        colour=COLOURS[step],
        reference=about.reference,
        title=about.title,
        title_en=about.title_en,
        holder_id=next(iter(about.holders), None),
        unit_id=next(iter(about.units), None),
        due_on=clock.due_on,
        issued_at=at,
        appeal_until=_appeal_until(clock, today, calendar),
    )
    facts = {"clock": clock.pk, "colour": card.colour, "due": clock.due_on, "rule": clock.limit["escalation"]}
    audit.record(card, action="card.issue", by=SYSTEM, at=at, facts=facts)
    events.publish(CardIssued(card_id=card.pk))
    people = {*_people(Step.HOLDER, about, today), *_people(Step.HEAD, about, today)}
    notify(
        to=sorted(people | set(organisation.people_with(SUPERVISE, today))),
        kind=f"{card.colour}_card_issued",
        at=at,
        facts={
            "matter": about.title,
            "limit": clock.label,
            "due": clock.due_on,
            "until": card.appeal_until or "—",
        },
        url=reverse("clock:card", args=[card.uuid]),
        case_ref=about.reference,
        key=f"clock.card.{card.pk}",
    )


def _appeal_until(clock: Clock, today: date, calendar: Calendar) -> date | None:
    """Give the last day of an appeal; while the calendar does not reach it there is no last day."""
    try:
        return calendar.add_working_days(today, clock.limit_value.escalation.appeal_days)
    except CalendarYearMissing:
        return None
