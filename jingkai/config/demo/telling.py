"""How the demonstration tells what people did: each act at its own moment of a past working day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.config.demo import organisation
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import api as approvals

ROOM = 25
"""How many working days of loaded calendar the newest matters need for their limits."""


class Telling:
    """Acts on one application as people did, each at its own moment of a past working day."""

    def __init__(self, application: Any, start: date, until: datetime) -> None:
        self.application = application
        self.start, self.until = start, until

    def moment(self, day: int, hour: int, minute: int = 0) -> datetime:
        """The moment at that hour, so many working days after the start, never in the future."""
        on = calendar.get_calendar().add_working_days(self.start, day) if day else self.start
        at = timezone.make_aware(datetime.combine(on, time(hour, minute)))
        return min(at, self.until)

    def task(self, node: str) -> Task:
        """The open task at a node."""
        return Task.objects.select_related("case").get(
            case=self.application.case, node_id=node, state=Task.State.OPEN
        )

    def claim(self, node: str, login: str, at: datetime) -> tuple[Task, Actor]:
        """Take a task out of its pool."""
        by = actor(login, at)
        cases.claim_task(task=self.task(node), by=by, at=at)
        return self.task(node), by

    def accept(self, day: int, hour: int = 10) -> None:
        """The window accepts."""
        at = self.moment(day, hour, 12)
        task, by = self.claim("accept", "chuangkou", at)
        approvals.accept_application(task=task, by=by, at=at)

    def conclude(self, node: str, login: str, day: int, hour: int, text: str) -> None:
        """A department agrees."""
        at = self.moment(day, hour, 20)
        task, by = self.claim(node, login, at)
        approvals.give_opinion(task=task, outcome="agree", text=text, by=by, at=at)


def actor(login: str, at: datetime) -> Actor:
    """A person of the demonstration as the actor of that day."""
    return actor_for_person(organisation.person_id(login), timezone.localdate(at))


def anchor_of(today: date) -> date:
    """The day from which the demonstration tells: today, while the loaded calendar reaches far enough.

    At the end of a year whose successor is not published yet it is the last day from which every limit still
    ends inside the calendar: the matters are then some weeks older, and nothing is guessed.
    """
    last = date(calendar.list_years()[0].year, 12, 31)
    return min(today, working_day(last, ROOM))


def working_day(day: date, number: int) -> date:
    """The working day so many working days before a day."""
    year = calendar.get_calendar()
    while number or not year.is_working(day):
        day -= timedelta(days=1)
        if year.is_working(day) and number:
            number -= 1
    return day
