"""A package under way: items begin when their turn has come, and what follows when one is through.

Every function works on an application that the caller has locked (`queries.lock_by_case`): two people at
once follow each other, and nothing begins twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.organisation.models import Unit
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.events import ItemConcluded, ItemStarted
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    ConditionRun,
    ItemPlan,
    ItemRun,
)
from jingkai.modules.approvals.operations.projecting import as_of
from jingkai.modules.approvals.operations.telling import tell_enterprise

THROUGH = (ItemRun.State.GRANTED, ItemRun.State.DENIED, ItemRun.State.LAPSED, ItemRun.State.DROPPED)
FAILED = (ItemRun.State.DENIED, ItemRun.State.LAPSED, ItemRun.State.DROPPED)


def open_runs(application: Application) -> bool:
    """Write down the items of a package with a network as they are now; False where it has none."""
    plans = list(
        ItemPlan.objects.filter(place__package_id=application.package_id)
        .select_related("place__item", "condition")
        .order_by("place__order")
    )
    if not plans:
        return False
    needs = queries.dependencies_of(application.package)
    conditions = {
        one.pk: ConditionRun.objects.create(application=application, condition=one)
        for one in application.package.conditions.all()
    }
    ItemRun.objects.bulk_create(
        ItemRun(
            application=application,
            catalogue_item=plan.place.item,
            branch=plan.place.branch,
            line=plan.line,
            order=plan.place.order,
            after=needs.get(plan.place.branch, []),
            condition=conditions[plan.condition_id] if plan.condition_id else None,
            reissued_by_id=plan.reissued_by_id,
        )
        for plan in plans
    )
    return True


def start_ready(
    application: Application, *, by: Actor, at: datetime, on: date | None = None
) -> list[ItemRun]:
    """Let every item begin whose predecessors have concluded and whose materials are there.

    Its clock runs from `on` (today), that day not counted. An item whose predecessor came to nothing is
    dropped, and so are those behind it.
    """
    runs = queries.runs_of(application)
    by_branch = {run.branch: run for run in runs}
    missing = queries.missing_for_items(application, on=on or timezone.localdate(at))
    started: list[ItemRun] = []
    moved = True
    while moved:
        moved = False
        for run in runs:
            if run.state != ItemRun.State.WAITING:
                continue
            if reason := _hopeless(run, by_branch):
                _drop(run, reason, at=at)
                moved = True
            elif queries.may_begin(run, by_branch) and not missing.get(run.catalogue_item_id):
                _start(run, application, on=on or timezone.localdate(at), by=by, at=at)
                started.append(run)
    _give_up_conditions(application, runs, at=at)
    return started


def _start(run: ItemRun, application: Application, *, on: date, by: Actor, at: datetime) -> None:
    case, item = _case(application), run.catalogue_item
    begun = timezone.localdate(application.submitted_at) if application.submitted_at else on
    version = queries.version_on([item.pk], on=begun).get(item.pk)
    told = as_of(item, version)
    unit = Unit.objects.filter(pk=item.unit_id).values_list("code", flat=True).first() or ""
    started = clock.start_clock(
        limit=queries.limit_of_item(told, on=on, unit=unit),
        on=on,
        label=told.name,
        label_en=told.name_en,
        by=by,
        at=at,
    )
    cases.attach_clock(case=case, key=run.branch, clock=started, branch=run.branch, by=by, at=at)
    run.item = ApplicationItem.objects.create(
        application=application,
        item=item,
        item_version=version,
        branch=run.branch,
        unit_id=item.unit_id,
        clock=started,
        decides=True,
        order=run.order,
    )
    run.state, run.started_at = ItemRun.State.RUNNING, at
    run.simulated = run.condition is not None and run.condition.state != ConditionRun.State.MET
    run.save(update_fields=("item", "state", "started_at", "simulated"))
    facts = {"branch": run.branch, "item": run.item.pk, "simulated": run.simulated}
    audit.record(case, action="item.started", by=by, at=at, for_=application.enterprise_id, facts=facts)
    events.publish(ItemStarted(application_id=application.pk, item_id=run.item.pk))
    say(case, f"start:{run.branch}", queries.variable(run.branch), "started", at=at)


def _hopeless(run: ItemRun, by_branch: Mapping[str, ItemRun]) -> str:
    """Why an item can never begin: a predecessor came to nothing, or its condition was given up."""
    for branch in run.after:
        if by_branch[branch].state in FAILED:
            return f"前置事项“{by_branch[branch].catalogue_item.name}”未通过"
    if run.condition is not None and run.condition.state == ConditionRun.State.LAPSED:
        return f"“{run.condition.condition.name}”未在期限内满足"
    return ""


def _drop(run: ItemRun, reason: str, *, at: datetime) -> None:
    """The law lets nobody decide this item now; the branch is closed and the applicant told with the end."""
    case = _case(run.application)
    run.state, run.concluded_at, run.reason = ItemRun.State.DROPPED, at, reason
    run.save(update_fields=("state", "concluded_at", "reason"))
    facts = {"branch": run.branch, "reason": reason}
    audit.record(
        case, action="item.dropped", by=SYSTEM, at=at, for_=run.application.enterprise_id, facts=facts
    )
    say(case, f"start:{run.branch}", queries.variable(run.branch), "dropped", at=at)


def _give_up_conditions(application: Application, runs: list[ItemRun], *, at: datetime) -> None:
    """Stop waiting for a condition that no item needs any more."""
    for condition in application.conditions.select_related("condition"):
        mine = [run for run in runs if run.condition_id == condition.pk]
        if condition.state == ConditionRun.State.WAITING and all(run.state in THROUGH for run in mine):
            condition.state = ConditionRun.State.UNNEEDED
            condition.save(update_fields=("state",))
            close_condition(condition, "unneeded", at=at)


def close_condition(condition: ConditionRun, outcome: str, *, at: datetime) -> None:
    """Lead the branch of a condition for which nobody waits any more to its end."""
    code = condition.condition.code
    say(_case(condition.application), f"document:{code}", queries.condition_variable(code), outcome, at=at)


def say(case: Case, message: str, name: str, value: str, *, at: datetime) -> None:
    """Tell the case that one of its waiting places may go on, and with what."""
    cases.deliver_message(case=case, name=message, by=SYSTEM, at=at, values={name: value})


def conclude(run: ItemRun, state: str, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Write down what became of an item, tell it, and let those begin that waited for it."""
    run.state, run.reason = state, reason
    if state != ItemRun.State.CONDITIONAL:
        run.concluded_at = at
    run.save(update_fields=("state", "concluded_at", "reason"))
    if run.item_id and state != ItemRun.State.LAPSED:
        events.publish(ItemConcluded(application_id=run.application_id, item_id=run.item_id))
    start_ready(run.application, by=by, at=at)
    settle(run.application, at=at)


def settle(application: Application, *, at: datetime) -> None:
    """Finish the application once every branch of its case is through, and ask for the rating."""
    state = Case.objects.values_list("state", flat=True).get(pk=_case(application).pk)
    if state != Case.State.CLOSED or application.state != Application.State.ACCEPTED:
        return
    application.state, application.decided_at, application.updated_at = Application.State.DECIDED, at, at
    application.version += 1
    application.save(update_fields=("state", "decided_at", "updated_at", "version"))
    tell_enterprise(application, kind="rating_invited", at=at)


def stop(found: Clock | None, outcome: str, *, by: Actor, at: datetime) -> None:
    """End a clock that still runs; one that has ended stays as it ended."""
    if found is None:
        return
    fresh = Clock.objects.get(pk=found.pk)
    if fresh.state != clock.State.STOPPED:
        clock.stop_clock(clock=fresh, outcome=outcome, by=by, at=at)


def open_task(case: Case | None, node: str) -> Task | None:
    """The open task at a node of the case, if it stands there."""
    return Task.objects.filter(case=case, node_id=node, state=Task.State.OPEN).first()


def _case(application: Application) -> Case:
    assert application.case is not None
    return application.case
