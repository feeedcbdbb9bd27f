"""The handling sheet (办理单): what was known on paper, filled from the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.casework.cases.models import Case, Task
from jingkai.casework.inbox.queries import CaseFile
from jingkai.casework.inbox.web.shown.clocks import usage_words
from jingkai.casework.inbox.web.shown.journey import words_of
from jingkai.casework.inbox.web.shown.people import (
    applicant_name,
    holder_words,
    person_of,
    unit_of,
)
from jingkai.kernel.hooks.api import local
from jingkai.ui.words import day, moment


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One step on the sheet: the place for words and signature, filled or still empty."""

    step: str
    unit: str
    person: str
    verdict: str
    text: str
    at: datetime | None
    is_open: bool = False


def sheet_facts(file: CaseFile) -> list[tuple[str, str]]:
    """Give the head of the sheet as pairs of label and value."""
    case = file.case
    due = _("after the hold") if case.suspended else day(case.due_at)
    return [
        (_("Number"), case.reference),
        (_("State"), str(case.get_state_display())),
        (_("Applicant"), applicant_name(case.applicant)),
        (_("Received"), moment(case.opened_at)),
        (pgettext("case", "Due"), due if case.state == Case.State.OPEN else "—"),
        (pgettext("case", "Closed"), moment(case.closed_at) or "—"),
    ]


def clock_rows(file: CaseFile) -> list[tuple[str, str, str, str]]:
    """Give each clock: its name, day zero, due date, and the days used, promised and allowed."""
    return [
        (
            local(row, "label") or local(row.clock, "label"),
            day(row.clock.started_on),
            day(row.clock.stopped_on or row.clock.due_on),
            usage_words(row.clock, file.at, file.calendar),
        )
        for row in file.all_clocks
    ]


def sheet_rows(file: CaseFile) -> list[SheetRow]:
    """Give the steps in the order in which they were done, then those that are open."""
    done = [_done(file, task) for task in file.done]
    return [*done, *[_open(task) for task in file.open_tasks]]


def _done(file: CaseFile, task: Task) -> SheetRow:
    proxy = person_of(task, acting=True)
    person = person_of(task)
    signed = _("%(who)s (by %(proxy)s)") % {"who": person, "proxy": proxy} if proxy else person
    verdict = local(file.outcome_of(task), "name")
    return SheetRow(local(task, "name"), unit_of(task), signed, verdict, words_of(task), task.closed_at)


def _open(task: Task) -> SheetRow:
    return SheetRow(local(task, "name"), unit_of(task), holder_words(task), "", "", None, is_open=True)
