"""Lists of tasks and cases: columns and lines for the page, and the same for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from jingkai.casework.cases.models import Case, Reading, Task
from jingkai.casework.clock.models import Clock
from jingkai.casework.flow.api import compiled_by_id
from jingkai.casework.inbox.data import DeskTab
from jingkai.casework.inbox.queries import CaseClocks, CaseLines
from jingkai.casework.inbox.web.shown.people import (
    Say,
    applicant_name,
    hand_name,
    is_waiting,
    task_holder,
)
from jingkai.kernel.hooks.api import Passing, Rows, local, localizer
from jingkai.kernel.permissions.data import Actor
from jingkai.ui.data import Cell, Column, Light, Lines, Link, Row, Table
from jingkai.ui.words import day, zone_day

MOST_LINES = 4
"""Steps or holders of one case that a line of a list shows."""

_KEPT = Passing[Row](2048)
"""Lines as they were drawn, under all that was read for them."""

SheetRow = Sequence[str | int | float | date | datetime | None]


def case_url(case: Case) -> str:
    """Give the address of a case's page."""
    return _case_urls().replace(_NOBODYS, str(case.uuid))


_NOBODYS = str(UUID(int=0))


@cache
def _case_urls() -> str:
    """The address of a case with a place for its id: a list names a hundred of them."""
    return reverse("inbox:case", kwargs={"uuid": _NOBODYS})


def case_link(case: Case, *, opened: bool = False, say: Say | None = None) -> Link:
    """Draw a case in a list: its title, and beneath it number and applicant, and on demand when it came."""
    say = say or Say()
    came = say.received % {"day": day(case.opened_at)} if opened else ""
    parts = (case.reference, applicant_name(case.applicant, say), came)
    under = " · ".join([part for part in parts if part])
    return Link(say.local(case, "title"), case_url(case), under)


def due_cell(item: Case | Task, say: Say | None = None) -> Cell:
    """Draw a due date; while the clock stands still there is none that could be relied on."""
    if item.suspended:
        return (say or Say()).held
    return zone_day(item.due_at) if item.due_at else None


def task_table(
    tasks: Sequence[Task], clocks: CaseClocks, *, tab: DeskTab, actor: Actor, sorts: dict[str, Column]
) -> Table:
    """Draw the tasks of a tab of the desk; what waits in a pool can be ticked and claimed."""
    if tab is DeskTab.HANDLED:
        return _handled_table(tasks, clocks)
    columns = [
        Column(_("Time limit"), "light"),
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Step")),
        Column(_("In whose hand")),
        sorts["opened"],
        sorts["due"],
    ]
    if tab is DeskTab.POOL:
        columns.append(Column(_("Acts"), "actions"))
    draw = _TaskRow(clocks, actor, tab, Say())
    rows = draw.all(tasks) if isinstance(tasks, Rows) else [draw.one(task) for task in tasks]
    return Table(_("Tasks"), columns, rows, select="task" if any(row.value for row in rows) else "")


@dataclass(frozen=True, slots=True)
class _TaskRow:
    """Draws the lines of a tab of the desk for one reader."""

    clocks: CaseClocks
    actor: Actor
    tab: DeskTab
    say: Say

    def all(self, tasks: Rows[Task]) -> list[Row]:
        """Draw tasks as they were read; a line that was drawn of equal rows is taken from there."""
        marks, at = self.clocks.marks, self.clocks.at
        reader = (get_language(), self.tab, self.actor.party_id)
        rows = []
        for place, (case_id, mark) in enumerate(zip(tasks.column("case_id"), tasks.marks, strict=True)):
            key = (reader, mark, marks.get(case_id))
            row = _KEPT.get(key, at)
            if row is None:
                task = tasks[place]
                row = replace(self.one(task), drawn={})
                _KEPT.keep(key, row, since=at, until=self.clocks.lasts_until(self.clocks.of_task(task)))
            rows.append(row)
        return rows

    def one(self, task: Task) -> Row:
        """Draw a task: light, matter, step, in whose hand, since when, due."""
        say = self.say
        cells: list[Cell] = [
            self.clocks.light_of_task(task),
            case_link(task.case, say=say),
            _stacked([say.local(task, "name")]),
            task_holder(task, self.actor, say),
            zone_day(task.opened_at),
            due_cell(task, say),
        ]
        if self.tab is DeskTab.POOL:
            button = '<button class="btn btn-small" name="one" value="{}">{}</button>'
            cells.append(format_html(button, task.uuid, say.claim))
        tick = self.tab is DeskTab.POOL or (self.tab is DeskTab.MINE and may_batch(task))
        return Row(cells, value=str(task.uuid) if tick else "")


def reading_table(readings: Sequence[Reading], clocks: CaseClocks) -> Table:
    """Draw what was given to the actor to read, with who sent it and the word along with it."""
    columns = [
        Column(_("Matter now"), "light"),
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Sent by")),
        Column(_("A word to the readers")),
        Column(_("Sent"), "date"),
    ]
    rows = [
        Row(
            [
                clocks.light_of_case(reading.case),
                case_link(reading.case),
                local(reading.sent_by, "name") if reading.sent_by else _("The system"),
                reading.note or None,
                zone_day(reading.sent_at),
            ]
        )
        for reading in readings
    ]
    return Table(_("To read"), columns, rows)


def may_batch(task: Task) -> bool:
    """Tell whether a task may be finished together with others: its flow says so and it has no form."""
    version = task.case.flow_version
    node = compiled_by_id(version.pk, version.digest).user_task(task.node_id)
    return node is not None and node.batch and not node.form and task.owner_id is None


def _handled_table(tasks: Sequence[Task], clocks: CaseClocks) -> Table:
    columns = [
        Column(_("Matter now"), "light"),
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Step that I did")),
        Column(_("Finished on"), "date"),
    ]
    rows = [
        Row(
            [
                clocks.light_of_case(task.case),
                case_link(task.case),
                _stacked([local(task, "name")]),
                task.closed_at,
            ],
            muted=task.case.state != Case.State.OPEN,
        )
        for task in tasks
    ]
    return Table(_("Tasks"), columns, rows)


def case_table(lines: CaseLines, *, sorts: dict[str, Column] | None = None, caption: str = "") -> Table:
    """Draw cases: light, matter, step, in whose hands since when, used / promised / statutory days, due."""
    heads = sorts or {}
    columns = [
        Column(_("Time limit"), "light"),
        Column(pgettext("case", "Matter"), "title"),
        Column(_("Step")),
        Column(_("In whose hand")),
        Column(_("Used / prom. / stat."), "number"),
        heads.get("due", Column(pgettext("case", "Due"), "date")),
    ]
    say, language = Say(), get_language()
    rows = [_case_row(case, lines, say, language) for case in lines.rows]
    return Table(caption or _("Cases"), columns, rows)


def _case_row(case: Case, lines: CaseLines, say: Say, language: str | None) -> Row:
    """Draw a case; a line that was drawn of equal rows is taken from there."""
    mark, at = lines.marks.get(case.id), lines.clocks.at
    key = (language, mark, lines.clocks.marks.get(case.id))
    if mark is not None and (known := _KEPT.get(key, at)):
        return known
    clock, is_muted = lines.clocks.of_case(case.id), case.state != Case.State.OPEN
    row = Row(_case_cells(case, clock, lines, say), muted=is_muted, drawn={} if mark else None)
    return row if mark is None else _KEPT.keep(key, row, since=at, until=lines.clocks.lasts_until(clock))


def _case_cells(case: Case, clock: Clock | None, lines: CaseLines, say: Say) -> list[Cell]:
    return [
        lines.clocks.light_of_case(case, clock),
        case_link(case, opened=True, say=say),
        _stacked(steps_of(case, lines, say)),
        _hand_cell(case, lines, say),
        days_words(clock, lines.clocks),
        due_cell(case, say) if case.state == Case.State.OPEN else None,
    ]


def _stacked(parts: Sequence[str]) -> Cell:
    """Draw several texts under each other, the first ones of many."""
    return Lines(_first_of(parts)) if parts else None


def _first_of(parts: Sequence[str]) -> Sequence[str]:
    return [*parts[:MOST_LINES], "…"] if len(parts) > MOST_LINES else parts


def _hand_cell(case: Case, lines: CaseLines, say: Say) -> Cell:
    """Draw who has a case in hand, and beneath it since when, or that nobody of the unit has taken it up."""
    found = lines.holders.get(case.id, ())
    names = list(dict.fromkeys([hand_name(holder, case, say) for holder in found]))
    if not names:
        return None
    under = [say.since % {"day": day(min([holder.since for holder in found]))}]
    if all(is_waiting(holder, case) for holder in found):
        under.insert(0, say.waiting)
    return Lines(_first_of(names), under)


def _since(case: Case, lines: CaseLines) -> datetime | None:
    return min([holder.since for holder in lines.holders.get(case.id, ())], default=None)


def steps_of(case: Case, lines: CaseLines, say: Say | None = None) -> list[str]:
    """Name the steps at which a case stands; of a finished one how it ended."""
    if case.state != Case.State.OPEN:
        return [say.states[case.state] if say else str(Case.State(case.state).label)]
    in_words = say.local if say else localizer()
    return list(dict.fromkeys([in_words(one, "node_name") for one in lines.holders.get(case.id, ())]))


def hands_of(case: Case, lines: CaseLines) -> list[str]:
    """Say who has a case in hand, one text for each: a person, a unit in which it waits, or the applicant."""
    words = []
    for holder in lines.holders.get(case.pk, ()):
        name = hand_name(holder, case)
        waiting = is_waiting(holder, case)
        words.append(_("%(pool)s · to be claimed") % {"pool": name} if waiting else name)
    return list(dict.fromkeys(words))


def days_words(clock: Clock | None, clocks: CaseClocks) -> str | None:
    """Write used, promised and statutory days of the clock that a case is judged by: 4 / 7 / 15."""
    used = clocks.usage_of(clock)
    if used is None:
        return None
    promised = "–" if used.promised is None else str(used.promised)
    return f"{used.used} / {promised} / {used.statutory}"


# --- the same in a spreadsheet --------------------------------------------------------------------


def task_head() -> list[tuple[str, int]]:
    """Give the columns of a spreadsheet of tasks, with their widths."""
    return [
        (_("Time limit"), 22),
        (_("Number"), 20),
        (pgettext("case", "Matter"), 48),
        (_("Applicant"), 28),
        (_("Step"), 20),
        (_("In whose hand"), 24),
        (_("Arrived"), 17),
        (pgettext("case", "Due"), 17),
        (_("Finished on"), 17),
    ]


def task_rows(tasks: Sequence[Task], clocks: CaseClocks, actor: Actor) -> Iterator[SheetRow]:
    """Give the lines of a spreadsheet of tasks."""
    for task in tasks:
        is_open = task.state == Task.State.OPEN
        light = clocks.light_of_task(task) if is_open else clocks.light_of_case(task.case)
        yield [
            _light_words(light),
            task.case.reference,
            local(task.case, "title"),
            applicant_name(task.case.applicant),
            local(task, "name"),
            task_holder(task, actor) if is_open else "",
            task.opened_at,
            task.due_at if is_open and not task.suspended else None,
            task.closed_at,
        ]


def case_head() -> list[tuple[str, int]]:
    """Give the columns of a spreadsheet of cases, with their widths."""
    return [
        (_("Time limit"), 22),
        (_("Number"), 20),
        (pgettext("case", "Matter"), 48),
        (_("Applicant"), 28),
        (_("State"), 10),
        (_("Step"), 24),
        (_("In whose hand"), 28),
        (_("In hand since"), 17),
        (_("Opened"), 17),
        (pgettext("case", "Due"), 17),
        (pgettext("case", "Closed"), 17),
        (_("Days used"), 10),
        (_("Days promised"), 10),
        (_("Days statutory"), 10),
        (_("Days not counted"), 10),
    ]


def case_rows(lines: CaseLines) -> Iterator[SheetRow]:
    """Give the lines of a spreadsheet of cases."""
    for case in lines.rows:
        used = lines.clocks.usage_of(lines.clocks.of_case(case.pk))
        is_open = case.state == Case.State.OPEN
        yield [
            _light_words(lines.clocks.light_of_case(case)),
            case.reference,
            local(case, "title"),
            applicant_name(case.applicant),
            str(Case.State(case.state).label),
            _(", ").join(steps_of(case, lines)) if is_open else "",
            _(", ").join(hands_of(case, lines)),
            _since(case, lines),
            case.opened_at,
            case.due_at if is_open and not case.suspended else None,
            case.closed_at,
            used.used if used else None,
            used.promised if used else None,
            used.statutory if used else None,
            used.suspended if used else None,
        ]


def _light_words(light: Light) -> str:
    words = {"ok": _("In order"), "warn": _("Due soon"), "late": _("Overdue"), "hold": _("On hold")}
    mark = words.get(light.tone, "")
    return f"{mark} · {light.text}" if mark else light.text


def today_words(at: datetime) -> str:
    """Write today with its weekday and calendar week."""
    today = timezone.localdate(at)
    names = [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ]
    week = _("week %(n)s") % {"n": today.isocalendar().week}
    return f"{day(today)} {names[today.weekday()]} · {week}"
