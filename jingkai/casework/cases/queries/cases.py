"""Reads: one case, its tasks, who holds it, where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from jingkai.casework.cases.data import DoneTask, Position, SendBackTarget, TaskState
from jingkai.casework.cases.models import Case, CaseAccess, Opinion, Task
from jingkai.casework.cases.rules import returnable
from jingkai.casework.flow.api import compiled_by_id, words_of
from jingkai.casework.flow.data import Flow, Outcome, UserTask
from jingkai.kernel.hooks.api import Prepared, Slots, local
from jingkai.kernel.organisation.models import Post
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party


def get_case(uuid: UUID | str) -> Case:
    """Give a case by the id in its address; raises `Case.DoesNotExist`."""
    return _cases().get(uuid=uuid)


def get_case_for(uuid: UUID | str, *, grantees: Collection[int]) -> Case:
    """Give a case that one of these grantees may see; a hidden one is as absent (`Case.DoesNotExist`)."""
    seen = CaseAccess.objects.filter(grantee_id__in=list(grantees)).values("case_id")
    return _cases().get(uuid=uuid, pk__in=seen)


def visible_among(uuids: Collection[UUID | str], *, grantees: Collection[int]) -> set[UUID]:
    """Give those of some cases that one of these grantees may see: one query."""
    grants = CaseAccess.objects.filter(grantee_id__in=list(grantees), case__uuid__in=list(uuids))
    return set(grants.values_list("case__uuid", flat=True))


def may_see(case_id: int, *, grantees: Collection[int]) -> bool:
    """Say whether one of these grantees may see a case: one look-up in the unique index."""
    return CaseAccess.objects.filter(case_id=case_id, grantee_id__in=list(grantees)).exists()


def get_task(uuid: UUID | str) -> Task:
    """Give a task with its case by the id in its address; raises `Task.DoesNotExist`."""
    rows = Task.objects.select_related("case__flow_version", "case__applicant", "assignee", "pool")
    return rows.defer("case__flow_version__bpmn", "case__words").get(uuid=uuid)


def list_tasks(case_id: int) -> list[Task]:
    """Give every task a case ever had, in the order of opening, with names and opinions: two queries."""
    opinions = Prefetch("opinions", Opinion.objects.select_related("author", "on_behalf_of").order_by("pk"))
    rows = Task.objects.filter(case_id=case_id).prefetch_related(opinions)
    rows = rows.select_related("assignee", "pool", "closed_by", "on_behalf_of")
    return list(rows.order_by("opened_at", "pk"))


def done_tasks(case_id: int) -> list[DoneTask]:
    """Give what was done in a case and by whom, in that order, with the opinions: one query."""
    found: list[Any] = _DONE.fetch(case=case_id)
    return [_done(task, compiled_by_id(task.drawing, task.digest), task.words or "") for task in found]


def _done_rows(slots: Slots) -> QuerySet[Task]:
    rows = Task.objects.filter(case_id=slots.number("case"), state=TaskState.DONE)
    rows = rows.select_related("closed_by", "on_behalf_of", "pool__post__unit__party")
    given = Opinion.objects.filter(task=OuterRef("pk")).exclude(text="").order_by().values("task")
    rows = rows.annotate(
        words=Subquery(given.annotate(whole=StringAgg("text", "\n", order_by="pk")).values("whole")),
        drawing=F("case__flow_version_id"),
        digest=F("case__flow_version__digest"),
    )
    return rows.order_by("closed_at", "pk")


_DONE = Prepared(_done_rows)


def position_of(case_id: int) -> Position:
    """Give what the picture of the flow marks: where the case is, and which nodes it has passed."""
    rows = Task.objects.filter(case_id=case_id).order_by("pk").values_list("node_id", "state")
    nodes: dict[str, set[str]] = defaultdict(set)
    for node, state in rows:
        nodes[node].add(state)
    current = tuple(node for node, states in nodes.items() if TaskState.OPEN in states)
    done = tuple(node for node, states in nodes.items() if TaskState.DONE in states and node not in current)
    return Position(current, done)


def send_back_targets(task: Task) -> list[SendBackTarget]:
    """Give the steps to which a task may be sent back: the offices' steps passed since the last formal paper.

    Not into neighbouring branches. Where the drawing names steps (`jk:sendBackTo`), these come first.
    """
    flow = flow_of(task.case_id)
    here = flow.user_task(task.node_id)
    if here is None:
        return []
    done, applicant = done_rows(task.case_id), task.case.applicant_id
    return [
        SendBackTarget(node.id, node.name, node.name_en, _name(row.assignee or row.pool))
        for node, row in returnable(flow, here=here, done=done, applicant_id=applicant)
    ]


def done_rows(case_id: int) -> list[Task]:
    """Give the finished tasks of a case in the order of opening, with who did them."""
    rows = Task.objects.filter(case_id=case_id, state=TaskState.DONE).select_related("assignee", "pool")
    return list(rows.order_by("pk"))


def flow_of(case_id: int) -> Flow:
    """Give the compiled flow of a case without loading its drawing."""
    pk, digest = Case.objects.values_list("flow_version_id", "flow_version__digest").get(pk=case_id)
    return compiled_by_id(pk, digest)


def carries_role(post_ids: Collection[int], role: str) -> bool:
    """Say whether one of these posts carries a role."""
    return bool(post_ids) and Post.objects.filter(pk__in=list(post_ids), roles__code=role).exists()


def party_name(party_id: int | None) -> str:
    """Give a party's name for a sentence, in the reader's language; empty for nobody."""
    party = Party.objects.filter(pk=party_id).first() if party_id is not None else None
    return local(party, "name") if party else ""


def _cases() -> QuerySet[Case]:
    rows = Case.objects.select_related("flow_version", "applicant", "starter")
    return rows.defer("flow_version__bpmn", "words")


def _done(task: Task, flow: Flow, words: str) -> DoneTask:
    node = flow.user_task(task.node_id)
    outcome = _outcome(node, task.outcome)
    unit = _unit(task.pool)
    return DoneTask(
        task_id=task.pk,
        node_id=task.node_id,
        name=task.name,
        name_en=task.name_en,
        branch=task.branch,
        outcome=task.outcome,
        outcome_name=outcome.name,
        outcome_name_en=outcome.name_en,
        person=_name(task.closed_by),
        on_behalf_of=_name(task.on_behalf_of),
        unit=_name(unit),
        unit_en=_name_en(unit),
        at=task.closed_at or task.opened_at,
        text=words,
        person_en=_name_en(task.closed_by),
    )


def _outcome(node: UserTask | None, code: str) -> Outcome:
    declared = node.outcomes if node else ()
    return next((outcome for outcome in declared if outcome.code == code), words_of(code))


def _unit(pool: Party | None) -> Party | None:
    """The unit of a pool: the unit itself, or that of the post."""
    if pool is None or pool.kind in (PartyKind.UNIT, PartyKind.ENTERPRISE):
        return pool
    post = getattr(pool, "post", None)
    return post.unit.party if post else None


def _name(party: Party | None) -> str:
    return party.name if party else ""


def _name_en(party: Party | None) -> str:
    return (party.name_en or party.name) if party else ""
