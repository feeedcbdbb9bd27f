"""One case with everything its page shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, CaseAccess, CaseClock, Opinion, Reading, Task, Urge
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import Flow, Outcome, UserTask
from jingkai.kernel.audit import api as audit
from jingkai.kernel.audit.data import TrailLine
from jingkai.kernel.audit.models import Checkpoint, TrailEntry
from jingkai.kernel.calendar.api import Calendar, get_calendar, year_prints
from jingkai.kernel.hooks.api import OWN, Prepared, Slots, case_tabs, packed, unpacked, unpacked_one
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Appointment, Role
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import VISITOR, Actor

MOST_ENTRIES = 500
"""Entries of a trail that a case's page looks at; a longer one has its own page."""


class NoSuchCase(PersonFacingError):
    """The address names no case."""

    status = 404
    sentence = _("There is no case under this address.")
    advice = _("Look for it by number or title in the list of cases.")


_SAID = (
    Opinion.objects.filter(task=OuterRef("pk"))
    .exclude(text="")
    .order_by("pk")
    .values(
        line=JSONObject(
            author="author_id",
            name="author__name",
            name_en="author__name_en",
            outcome="outcome",
            text="text",
            at="at",
        )
    )
)
"""What was written at a task: by whoever finished it, and by those who were asked for an opinion."""

MOST_READINGS = 300
"""Readers that a case's page names; a case given to more shows the newest."""

_READINGS = (
    Reading.objects.filter(case=OuterRef("pk"))
    .order_by("-sent_at", "-pk")
    .values(
        line=JSONObject(
            uuid="uuid",
            reader="reader_id",
            name="reader__name",
            name_en="reader__name_en",
            by="sent_by__name",
            by_en="sent_by__name_en",
            note="note",
            sent_at="sent_at",
            read_at="read_at",
        )
    )[:MOST_READINGS]
)
_URGES = (
    Urge.objects.filter(task__case=OuterRef("pk"))
    .order_by("-at", "-pk")
    .values(line=JSONObject(task_id="task_id", at="at", by="by__name", by_en="by__name_en", text="text"))[:50]
)
"""Both are read along with the case: its page asks no further question for them."""


_BY = tuple(
    column.attname
    for column in Party._meta.concrete_fields
    if column.attname in ("id", "kind", "name", "name_en")
)
"""In the order of the model, as `from_db` takes its values."""
_LINE = JSONObject(
    **{column.attname: column.attname for column in LedgerEntry._meta.concrete_fields},
    **{f"by__{name}": f"by__{name}" for name in _BY},
    by_officer="by_officer",
)
"""A line of a ledger with who wrote it, as it is read along with its clock."""


def _case(slots: Slots) -> QuerySet[Case]:
    """A case with the names that its pages need, and whether the actor may see it."""
    grants = CaseAccess.objects.filter(case=OuterRef("pk"), grantee_id__in=slots.numbers("grantees"))
    rows = Case.objects.select_related("applicant", "starter", "flow_version")
    signed = Checkpoint.objects.order_by("-number").values("at")[:1]
    rows = rows.defer(
        *("flow_version__bpmn", "words"),
        *(f"{who}__{name}" for who in ("applicant", "starter") for name in ("pinyin", "initials")),
    )
    rows = rows.annotate(is_visible=Exists(grants), checkpoint_at=Subquery(signed), prints=year_prints())
    return rows.filter(uuid=slots.uuid("uuid"))


def _whole(slots: Slots) -> QuerySet[Case]:
    """The same with its readers, urges, clocks, trail, and which sections of modules have something."""
    marks = {tab.mark: tab.has_any() for tab in case_tabs.all() if tab.has_any}
    return _case(slots).annotate(
        reading_lines=ArraySubquery(_READINGS),
        urge_lines=ArraySubquery(_URGES),
        clock_lines=_clocks(),
        trail_lines=_trail(),
        **marks,
    )


def _tasks(slots: Slots) -> QuerySet[Task]:
    roles = Role.objects.filter(posts__in=slots.numbers("posts"), code=OuterRef("role"))
    rows = Task.objects.filter(case_id=slots.number("case"))
    rows = rows.annotate(said=ArraySubquery(_SAID), carries_role=Exists(roles))
    rows = rows.select_related("assignee", "pool__post__unit__party", "closed_by", "on_behalf_of", "owner")
    return rows.defer(*_NOT_SHOWN).order_by("pk")


_NOT_SHOWN = (
    *(
        f"{party}__{name}"
        for party in ("assignee", "pool", "closed_by", "on_behalf_of", "owner", "pool__post__unit__party")
        for name in ("uuid", "short_name", "pinyin", "initials", "active", "version", "created_at")
    ),
    *(f"pool__post__{name}" for name in ("title", "title_en", "head", "order", "version")),
)
"""What the page shows nothing of is loaded when asked for."""


def _clocks() -> ArraySubquery:
    posts = Appointment.objects.filter(person_id=OuterRef("by_id"))
    lines = LedgerEntry.objects.filter(clock_id=OuterRef("clock_id")).order_by("sequence")
    lines = lines.annotate(by_officer=Exists(posts))
    rows = CaseClock.objects.filter(case=OuterRef("pk")).order_by("pk")
    return packed(rows, "clock", lines=ArraySubquery(lines.values(line=_LINE)))


def _trail() -> ArraySubquery:
    who, whom = (Party.objects.filter(pk=OuterRef(name)).values("name") for name in ("actor_id", "for_id"))
    rows = TrailEntry.objects.filter(stream_kind=Case._meta.label_lower, stream_id=OuterRef("pk"))
    rows = rows.order_by("-sequence")[:MOST_ENTRIES]
    return packed(rows, who=Subquery(who), whom=Subquery(whom))


_CASE, _TASKS = Prepared(_case), Prepared(_tasks)
_WHOLE: dict[frozenset[str], Prepared[Case]] = {}
"""By the sections that tell with the case whether they have anything: more, when modules come or go."""


def _whole_case() -> Prepared[Case]:
    marks = frozenset(tab.mark for tab in case_tabs.all() if tab.has_any)
    return _WHOLE.setdefault(marks, Prepared(_whole))


def get_case(*, uuid: UUID, actor: Actor) -> Case:
    """Give a case that the actor may read, with the names its page needs; one query.

    Errors: NoSuchCase, cases.NotForYou.
    """
    return _seen(_CASE.first(uuid=uuid, grantees=list(actor.grantees)))


def get_file(*, uuid: UUID, actor: Actor, at: datetime) -> CaseFile:
    """Give a case that the actor may read with everything on its page, in two queries.

    Errors: NoSuchCase, cases.NotForYou.
    """
    return CaseFile(_seen(_whole_case().first(uuid=uuid, grantees=list(actor.grantees))), at, actor)


def _seen(case: Any) -> Case:
    if case is None:
        raise NoSuchCase
    if not case.is_visible:
        raise cases.NotForYou
    return cast(Case, case)


def get_drawing(*, uuid: UUID, actor: Actor) -> str:
    """Give the flow picture of a case that the actor may read."""
    return get_case(uuid=uuid, actor=actor).flow_version.bpmn


@dataclass
class CaseFile:
    """A case on its page as `get_file` reads it; its tasks are read when they are first asked for, once.

    `actor` is who looks at it: the tasks then know whether a post of theirs carries the role asked for.
    """

    case: Case
    at: datetime
    actor: Actor = VISITOR

    @cached_property
    def flow(self) -> Flow:
        """The compiled flow that the case began with."""
        return flows.compiled_by_id(self.case.flow_version_id, self.case.flow_version.digest)

    @cached_property
    def tasks(self) -> Sequence[Task]:
        """Every task of the case, oldest first, with names and what was written (`said`).

        `carries_role` tells whether the actor's posts carry the role that a task asks for.
        """
        return _TASKS.fetch(case=self.case.pk, posts=list(self.actor.post_ids))

    @cached_property
    def open_tasks(self) -> Sequence[Task]:
        """The tasks at which the case stands now."""
        return [task for task in self.tasks if task.state == Task.State.OPEN]

    @cached_property
    def planned_tasks(self) -> Sequence[Task]:
        """The tasks of signers whose turn comes later."""
        return [task for task in self.tasks if task.state == Task.State.PLANNED]

    @property
    def readings(self) -> Sequence[dict[str, Any]]:
        """To whom the case was given to read, newest first, with the receipts."""
        return getattr(self.case, "reading_lines", [])

    @property
    def urges(self) -> Sequence[dict[str, Any]]:
        """How often its tasks were urged, newest first."""
        return getattr(self.case, "urge_lines", [])

    @cached_property
    def done(self) -> Sequence[Task]:
        """The tasks that were finished, in that order."""
        done = [task for task in self.tasks if task.state == Task.State.DONE]
        return sorted(done, key=lambda task: (task.closed_at, task.pk))

    @cached_property
    def calendar(self) -> Calendar:
        """The installation's calendar, read along with the case."""
        return get_calendar(self.prints)

    @property
    def prints(self) -> Mapping[str, str] | None:
        """What tells the calendar's state, as the case has brought it along."""
        return getattr(self.case, "prints", None)

    @cached_property
    def all_clocks(self) -> Sequence[Any]:
        """Every clock that ever ran for the case, oldest first, with its ledger."""
        case: Any = self.case
        found = unpacked(CaseClock, case.clock_lines, "clock")
        for row, line in zip(found, case.clock_lines, strict=True):
            row.lines = line["lines"]  # type: ignore[attr-defined]
        return found

    @cached_property
    def clocks(self) -> Sequence[CaseClock]:
        """The current clock under each key, in the order in which they began."""
        newest = {row.key: row for row in self.all_clocks}
        return sorted(newest.values(), key=lambda row: row.pk)

    @cached_property
    def ledger(self) -> Sequence[LedgerEntry]:
        """The ledgers of all clocks, each in its order; `by_officer` tells who holds a post."""
        rows = sorted(self.all_clocks, key=lambda row: row.clock_id)
        return [_entry(line) for row in rows for line in row.lines]

    @cached_property
    def trail(self) -> Sequence[TrailLine]:
        """The newest entries of the case's own chain in words, newest first."""
        case: Any = self.case
        found = unpacked(TrailEntry, case.trail_lines)
        known: dict[int | None, str | None] = {}
        for row, line in zip(found, case.trail_lines, strict=True):
            known |= {row.actor_id: line["who"], row.for_id: line["whom"]}
        return audit.in_words(
            found, known={number: name for number, name in known.items() if number and name}
        )

    @cached_property
    def seal(self) -> TrailSeal:
        """Whether the chain is whole, and how far checkpoints have signed it."""
        rows = [line.entry for line in reversed(self.trail)]
        whole = bool(rows) and rows[0].sequence == 1
        return TrailSeal(
            entries=rows[-1].sequence if rows else 0,
            sound=audit.is_sound(rows) if whole else None,
            checkpoint_at=getattr(self.case, "checkpoint_at", None),
        )

    def clock_of(self, task: Task) -> Clock | None:
        """Give the clock that runs at a task."""
        return next((row.clock for row in self.clocks if row.key == task.clock_key), None)

    def may_go_back_from(self, node: UserTask) -> bool:
        """Tell whether there is a step to which a task at this node may be sent back."""
        done = [task for task in self.tasks if task.state == Task.State.DONE]
        return bool(cases.returnable(self.flow, here=node, done=done, applicant_id=self.case.applicant_id))

    def outcome_of(self, task: Task) -> Outcome | None:
        """Give the words of a finished task's outcome."""
        node = self.flow.user_task(task.node_id)
        declared = node.outcomes if node else ()
        return next((one for one in declared if one.code == task.outcome), flows.words_of(task.outcome))


def _entry(line: Mapping[str, Any]) -> LedgerEntry:
    """Make a line of a ledger out of what `_LINE` gave."""
    entry = unpacked_one(LedgerEntry, {OWN: line})
    entry.by = (
        Party.from_db("default", list(_BY), [line[f"by__{name}"] for name in _BY]) if entry.by_id else None
    )
    entry.by_officer = line["by_officer"]  # type: ignore[attr-defined]
    return entry


@dataclass(frozen=True, slots=True)
class TrailSeal:
    """What a case's page says of its trail. `sound` is None when it is too long to be recomputed there."""

    entries: int
    sound: bool | None
    checkpoint_at: datetime | None
