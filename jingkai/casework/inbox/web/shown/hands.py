"""Who has a case in hand, step by step, with what the actor may ask of each; and who was given it to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.casework.cases.data import Added, TaskKind
from jingkai.casework.cases.models import Task
from jingkai.casework.inbox import rules
from jingkai.casework.inbox.queries import CaseFile
from jingkai.casework.inbox.web.shown.people import holder_words
from jingkai.kernel.hooks.api import local
from jingkai.ui.data import Column, Light, Row, Table
from jingkai.ui.words import moment

Links = tuple[tuple[str, str], ...]
"""Acts with their addresses."""


@dataclass(frozen=True, slots=True)
class HandLine:
    """One open or coming step: who has it since when, a remark, and the acts offered beside it."""

    step: str
    who: str
    since: datetime
    note: str = ""
    links: Links = ()


def hand_lines(file: CaseFile) -> list[HandLine]:
    """Give every open step, then those whose turn comes later."""
    return [_line(file, task) for task in (*file.open_tasks, *file.planned_tasks)]


def _line(file: CaseFile, task: Task) -> HandLine:
    return HandLine(
        step=local(task, "name"),
        who=waiting_words(task) or holder_words(task),
        since=task.claimed_at or task.opened_at,
        note=_(", ").join(_notes(file, task)),
        links=_links(file, task),
    )


def waiting_words(task: Task) -> str:
    """Say for what a place without a person waits; empty for work."""
    words = {
        TaskKind.TIMER: _("waits for a moment"),
        TaskKind.MESSAGE: _("waits for a message"),
        TaskKind.SIGNAL: _("waits for a signal"),
        TaskKind.CASE: _("waits for a sub-case"),
        TaskKind.END: _("waits for side paths"),
    }
    return words.get(TaskKind(task.kind), "")


def _notes(file: CaseFile, task: Task) -> list[str]:
    notes = []
    if task.owner is not None:
        notes.append(_("asked for an opinion by %(who)s") % {"who": local(task.owner, "name")})
    if task.added:
        notes.append(_added(Added(task.added)))
    if task.state == Task.State.PLANNED:
        notes.append(_("comes later"))
    if votes := _votes(file, task):
        notes.append(votes)
    urges = [one for one in file.urges if one["task_id"] == task.pk]
    if urges:
        facts = {"n": len(urges), "at": moment(parse_datetime(urges[0]["at"]))}
        notes.append(_("urged %(n)s ×, last %(at)s") % facts)
    return notes


def _votes(file: CaseFile, task: Task) -> str:
    """Say how far a round of several people is, and how many of them must say yes."""
    node = file.flow.user_task(task.node_id)
    if node is None or node.several is None or not task.group:
        return ""
    round_ = [one for one in file.tasks if one.group == task.group and one.state != Task.State.CANCELLED]
    given = sum(one.state == Task.State.DONE for one in round_)
    facts = {"n": given, "total": len(round_), "needed": node.several.rule.needed(len(round_))}
    return _("%(n)s of %(total)s have decided, %(needed)s must agree") % facts


def _added(where: Added) -> str:
    return {
        Added.BEFORE: _("further signer, before"),
        Added.BESIDE: _("further signer, beside"),
        Added.AFTER: _("further signer, after"),
    }[where]


def _links(file: CaseFile, task: Task) -> Links:
    actor, found = file.actor, []
    is_open = task.state == Task.State.OPEN and task.kind == TaskKind.WORK
    mine = task.assignee_id is not None and task.assignee_id == actor.party_id
    if is_open and not mine and rules.may_urge(actor, file.case):
        found.append((_("Urge"), _act("urge", task)))
    if is_open and not mine and rules.may_take_back(actor, task):
        found.append((_("Take back"), _act("take_back", task)))
    if task.kind == TaskKind.WORK and _is_one_of_several(file, task) and rules.may_remove_signer(actor, task):
        found.append((pgettext("signer", "Take off"), _act("remove_signer", task)))
    return tuple(found)


def _is_one_of_several(file: CaseFile, task: Task) -> bool:
    """Whether somebody else decides, or has decided, the same round of the step."""
    node = file.flow.user_task(task.node_id)
    if not task.group or not (task.added or (node is not None and node.several)):
        return False
    rest = [one for one in file.tasks if one.group == task.group and one.pk != task.pk]
    return any(one.state != Task.State.CANCELLED for one in rest)


def _act(name: str, task: Task) -> str:
    return reverse(f"inbox:{name}", kwargs={"uuid": task.uuid})


def own_links(file: CaseFile) -> Links:
    """Give what the actor may take back: own last steps, the whole case, or a withdrawn case again."""
    found = []
    for task in reversed(file.done if file.case.state == "open" else ()):
        node = file.flow.user_task(task.node_id)
        followers = [one for one in file.tasks if one.previous_id == task.pk]
        if rules.may_recall(file.actor, task, followers, node.binding if node else ()):
            found.append((_("Take back “%(task)s”") % {"task": local(task, "name")}, _act("recall", task)))
            break
    if file.case.state == "open" and rules.may_withdraw(file.actor, file.case):
        address = reverse("inbox:withdraw", kwargs={"uuid": file.case.uuid})
        found.append((_("Withdraw the case"), address))
    return tuple(found)


def may_resubmit(file: CaseFile) -> bool:
    """Tell whether the actor may take the withdrawn case up again."""
    withdrawn = file.case.state == "withdrawn" and file.flow.resubmits
    return withdrawn and rules.may_withdraw(file.actor, file.case)


@dataclass(frozen=True, slots=True)
class ToRead:
    """What the actor was given to read, and by whom."""

    url: str
    sent_by: str
    note: str


def my_reading(file: CaseFile) -> ToRead | None:
    """Give the actor's own unread copy of the case, if there is one."""
    for line in file.readings:
        if line["reader"] == file.actor.party_id and line["read_at"] is None:
            return ToRead(
                url=reverse("inbox:read", kwargs={"uuid": line["uuid"]}),
                sent_by=_name(line, "by"),
                note=line["note"],
            )
    return None


def receipts_table(lines: Sequence[dict[str, str]]) -> Table | None:
    """Draw to whom a case was given to read, and who has read it."""
    if not lines:
        return None
    columns = [
        Column(_("Reader"), "title"),
        Column(_("Read"), "light"),
        Column(_("Sent by")),
        Column(_("Sent")),
    ]
    rows = [
        Row(
            [
                _name(line, "name"),
                Light("ok", moment(parse_datetime(line["read_at"]))) if line["read_at"] else _unread(),
                _name(line, "by"),
                moment(parse_datetime(line["sent_at"])),
            ]
        )
        for line in lines
    ]
    return Table(_("To whom it was given to read"), columns, rows)


def _unread() -> Light:
    return Light("none", _("not read yet"))


def _name(line: dict[str, str], field: str) -> str:
    return local({"name": line[field] or "", "name_en": line[f"{field}_en"] or ""}, "name")
