"""Moving running cases to another version of their flow: what would become of each, and doing it.

A case is moved only when every place at which it stands is there in the new version too, by the same id or
by the mapping given, is of the same kind, and stands in no fork that the case has not entered: nothing is
skipped, nothing is done twice. What runs keeps its dates; what was done stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.casework.cases.data import CaseState, Fate, FateMove, TaskKind, TaskState
from jingkai.casework.cases.events import CaseMigrated
from jingkai.casework.cases.models import Case, Migration, Task, Timer
from jingkai.casework.cases.operations.retiming import (
    Retiming,
    Versions,
    carry_out,
    retiming_of,
    timers_of,
    words_of,
)
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import MANAGE_FLOWS, CaseNotOpen
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import CallActivity, CatchEvent, EndEvent, Flow, Node, UserTask, inside
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.api import local, packed, unpacked
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import NotPermitted, may
from jingkai.kernel.permissions.data import SYSTEM, Actor

BATCH = 100
KEPT_REFUSALS = 1000
JOB = "cases.migrate"
_STANDING = (TaskState.OPEN, TaskState.PLANNED)


class MigrationRuns(PersonFacingError):
    """One run at a time moves the cases of a version."""

    sentence = gettext_lazy("Cases of this version are being moved already.")
    advice = gettext_lazy("Wait until that run is done.")


class MappingWrong(PersonFacingError):
    """The mapping names a step that one of the versions does not have."""

    status = 422
    sentence = gettext_lazy("The step “%(node)s”, which the mapping names, is not in the flow.")
    advice = gettext_lazy("Correct the mapping.")


def check_mapping(old: Flow, new: Flow, mapping: Mapping[str, str]) -> None:
    """Refuse a mapping from or to a step that does not exist. Error: MappingWrong."""
    for source, target in mapping.items():
        if source not in old.nodes or target not in new.nodes:
            raise MappingWrong(node=source if source not in old.nodes else target)


def fate_of(
    rows: Sequence[Task], timers: Sequence[Timer], *, case: Case, versions: Versions, at: datetime
) -> tuple[Fate, Retiming]:
    """Say what would become of a case: where each open place goes, its timers, or why the case must stay."""
    old, new, mapping = versions.old, versions.new, versions.mapping
    moves, reasons = [], []
    for row in rows:
        target = mapping.get(row.node_id, row.node_id)
        node = new.nodes.get(target)
        moves.append(FateMove(row.pk, row.node_id, target if node else ""))
        if node is None:
            reasons.append(
                _("“%(node)s” is not in the new version and is not mapped") % {"node": local(row, "name")}
            )
        elif not _is_alike(row, old.nodes.get(row.node_id), node):
            reasons.append(_("“%(node)s” is a step of another kind there") % {"node": local(row, "name")})
    if not reasons:
        reasons += _scope_reasons(rows, old, new, mapping)
    retiming = Retiming()
    if not reasons:
        try:
            retiming = retiming_of(timers, rows, case=case, versions=versions, at=at)
        except PersonFacingError as error:
            reasons.append(str(error.sentence))
    said = words_of(retiming, versions)
    named = (case.pk, str(case.uuid), case.reference, case.title)
    return Fate(*named, tuple(moves), tuple(reasons), said, case.due_at), retiming


def _is_alike(row: Task, old: Node | None, new: Node) -> bool:
    match row.kind:
        case TaskKind.WORK:
            several = isinstance(old, UserTask) and old.several is not None
            return isinstance(new, UserTask) and (new.several is not None) == several
        case TaskKind.CASE:
            return isinstance(new, CallActivity)
        case TaskKind.END:
            return isinstance(new, EndEvent)
    same = isinstance(new, CatchEvent) and new.wait.value == row.kind
    return same and isinstance(old, CatchEvent) and isinstance(new, CatchEvent)


def _scope_reasons(rows: Sequence[Task], old: Flow, new: Flow, mapping: Mapping[str, str]) -> Iterable[str]:
    """Two places in one branch, or a fork that was never entered, would skip or double work."""
    if not rows:
        return
    places = {row.node_id: new.nodes[mapping.get(row.node_id, row.node_id)] for row in rows}
    scopes = {node: target.scope for node, target in places.items()}
    before = {fork for node in scopes if node in old.nodes for fork in _forks(old.nodes[node].scope)}
    for node, scope in scopes.items():
        if any(new_fork not in before for new_fork in _forks(scope)):
            yield _("“%(node)s” stands inside a parallel part there that this case has not entered") % {
                "node": local(places[node], "name")
            }
        others = [other for name, other in scopes.items() if name != node]
        if any(inside(other, scope) for other in others if not _is_side(new, other)):
            yield _("“%(node)s” and another open step would stand in one branch there") % {
                "node": local(places[node], "name")
            }


def _forks(scope: str) -> list[str]:
    return [part.partition(":")[0] for part in scope.split("/") if part]


def _is_side(flow: Flow, scope: str) -> bool:
    return any(fork in flow.sides for fork in _forks(scope))


@transaction.atomic
def begin_migration(
    *, key: str, from_version: int, to_version: int, mapping: Mapping[str, str], by: Actor, at: datetime
) -> Migration:
    """Move the running cases of one version to another in the background; the run shows how far it is.

    Needs `cases.manage_flows`. Cases that must stay are refused with the reason. Errors: MappingWrong,
    MigrationRuns, NoSuchFlow.
    """
    if by.kind != "system" and not may(by, MANAGE_FLOWS):
        raise NotPermitted
    known = flows.get_versions(key, {from_version, to_version})
    old, new = known[from_version], known[to_version]
    check_mapping(flows.compiled(old), flows.compiled(new), mapping)
    running = Migration.objects.select_for_update().filter(from_version=old, state=Migration.State.RUNNING)
    if running.exists():
        raise MigrationRuns
    run = Migration.objects.create(
        from_version=old,
        to_version=new,
        mapping=dict(mapping),
        total=Case.objects.filter(flow_version=old, state=CaseState.OPEN).count(),
        begun_by_id=by.party_id,
        begun_at=at,
    )
    events.enqueue(JOB, migration_id=run.pk)
    return run


def migrate_batch(*, migration_id: int, at: datetime) -> bool:
    """Move the next cases of a run, each in its own transaction; says whether more are left."""
    run = Migration.objects.select_related("from_version", "to_version").get(pk=migration_id)
    if run.state == Migration.State.DONE:
        return False
    rows = Case.objects.filter(flow_version=run.from_version, state=CaseState.OPEN, pk__gt=run.last_case_id)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for case_id in ids:
        _migrate_one(run, case_id, at)
    if len(ids) < BATCH:
        run.state, run.ended_at = Migration.State.DONE, at
        run.save(update_fields=["state", "ended_at"])
    return len(ids) == BATCH


@transaction.atomic
def _migrate_one(run: Migration, case_id: int, at: datetime) -> None:
    """Move one case and note it in the run."""
    run.last_case_id = case_id
    try:
        fate = migrate_case(case_id=case_id, to=run.to_version, mapping=run.mapping, by=_actor_of(run), at=at)
    except CaseNotOpen:
        fate = None
    if fate is not None and not fate.reasons:
        run.moved += 1
    elif fate is not None:
        run.refused += 1
        if len(run.refusals) < KEPT_REFUSALS:
            run.refusals.append({"reference": fate.reference, "case": fate.uuid, "why": list(fate.reasons)})
    run.save(update_fields=["last_case_id", "moved", "refused", "refusals"])


def _actor_of(run: Migration) -> Actor:
    if run.begun_by is None:
        return SYSTEM
    return Actor(party_id=run.begun_by.pk, user_id=None, name=run.begun_by.name, kind="staff")


@transaction.atomic
def migrate_case(*, case_id: int, to: Any, mapping: Mapping[str, str], by: Actor, at: datetime) -> Fate:
    """Let one case follow another version of its flow from now on; a fate with reasons changed nothing.

    Holders, dates and rounds stay as they are, and so do the timers that both versions have. Timers that the
    new version does not have end; those that it adds begin now.
    """
    step = Step.begin(case_id, by=by, at=at)
    rows = [*step.open_tasks.values(), *step.planned.values()]
    versions = Versions(step.flow, flows.compiled(to), mapping)
    timers = timers_of([case_id])[case_id]
    fate, retiming = fate_of(rows, timers, case=step.case, versions=versions, at=at)
    if fate.reasons:
        return fate
    for row in rows:
        _move_row(step, row, versions)
    step.flow, step.case.flow_version_id = versions.new, to.pk
    Case.objects.filter(pk=case_id).update(flow_version=to)
    step.timers, ended = carry_out(retiming, case=step.case, at=at)
    facts = {"flow": to.pk, "key": to.key, "version": to.version, **ended}
    step.finish("case.migrated", facts=facts, told=(CaseMigrated(case_id=case_id),))
    return fate


def _move_row(step: Step, row: Task, versions: Versions) -> None:
    """Let a row stand at its step of the new version, in the same place of its round."""
    old_scope = versions.old.nodes[row.node_id].scope
    node = versions.new.nodes[versions.name(row.node_id)]
    step.touch(row)
    rest = row.scope.removeprefix(old_scope).lstrip("/")
    if rest:
        rest = f"{node.id}:{rest.partition(':')[2]}"
    row.scope = "/".join(part for part in (node.scope, rest) if part)
    row.node_id, row.name, row.name_en = node.id, node.name[:200], node.name_en[:200]
    if isinstance(node, UserTask):
        row.branch, row.clock_key = node.branch, node.clock


def plan_migration(
    *,
    key: str,
    from_version: int,
    to_version: int,
    mapping: Mapping[str, str],
    after: int = 0,
    limit: int = 50,
    at: datetime,
    known: Mapping[int, FlowVersion] | None = None,
) -> tuple[list[Fate], int | None]:
    """Give what would become of each running case, page by page, without changing anything.

    New timers are shown as they would begin at `at`. The second part is the `after` of the next page, or
    None. `known` are versions that were read before; then it takes one query.

    Errors: MappingWrong, NoSuchFlow.
    """
    known = known or flows.get_versions(key, {from_version, to_version})
    version = known[from_version]
    versions = Versions(flows.compiled(version), flows.compiled(known[to_version]), mapping)
    check_mapping(versions.old, versions.new, mapping)
    cases = Case.objects.filter(flow_version=version, state=CaseState.OPEN, pk__gt=after).order_by("pk")
    page: list[Any] = list(_with_places(cases.defer("words"))[: limit + 1])
    shown = page[:limit]
    fates = []
    for case in shown:
        rows, timers = unpacked(Task, case.read_rows), unpacked(Timer, case.read_timers, "task")
        fates.append(fate_of(rows, timers, case=case, versions=versions, at=at)[0])
    return fates, shown[-1].pk if len(page) > limit else None


def _with_places(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Read along where cases stand, and their timers, used up or not."""
    rows = Task.objects.filter(case=OuterRef("pk"), state__in=_STANDING).order_by("pk")
    timers = Timer.objects.filter(case=OuterRef("pk")).order_by("pk")
    return cases.annotate(read_rows=packed(rows), read_timers=packed(timers, "task"))
