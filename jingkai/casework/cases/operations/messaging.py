"""Messages and signals that come from outside to cases that wait for them, or will."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import CaseState, TaskKind
from jingkai.casework.cases.models import Case, KeptMessage
from jingkai.casework.cases.operations.moving import end_wait
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.rules import MANAGE_TASKS, check_values
from jingkai.casework.flow.data import CatchEvent, WaitKind
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import NotPermitted, may
from jingkai.kernel.permissions.data import SYSTEM, Actor

SIGNAL = "cases.deliver_signal"


class NobodyWaits(PersonFacingError):
    """No place in the case waits for this message, and none lies ahead; nothing was changed."""

    sentence = _("%(case)s does not wait for “%(name)s”, and will not.")
    advice = _("Open the case to see where it stands; the message may have come before.")


@transaction.atomic
def deliver_message(
    *, case: Case, name: str, by: Actor, at: datetime, values: Mapping[str, Any] | None = None
) -> int:
    """Tell a case a message; gives how many places went on.

    One that comes too early, while the place that waits for it still lies ahead, is kept and taken once, when
    the case gets there: then none goes on now. Sent again meanwhile, the values that came last count.
    Messages come from other apps as the system, or from whoever may manage tasks. Errors: NobodyWaits,
    CaseNotOpen.
    """
    if by.kind != "system" and not may(by, MANAGE_TASKS):
        raise NotPermitted
    count = tell_places(case.pk, TaskKind.MESSAGE, name, values or {}, by=by, at=at)
    if not count:
        _keep(Step.begin(case.pk, by=by, at=at), name, values or {})
    return count


def _keep(step: Step, name: str, values: Mapping[str, Any]) -> None:
    """Keep a message for a place ahead. Error: NobodyWaits."""
    begins = {row.node_id for row in step.open_tasks.values()}
    ahead = [
        node.id
        for node in step.flow.nodes.values()
        if isinstance(node, CatchEvent) and node.wait is WaitKind.MESSAGE and node.waits_for == name
    ]
    if not any(step.flow.reaches(begins, target) for target in ahead):
        raise NobodyWaits(case=step.case.reference, name=name)
    checked = check_values(step.flow, values)
    kept, _made = KeptMessage.objects.update_or_create(
        case=step.case,
        name=name,
        taken_at=None,
        defaults={"values": checked, "sent_by_id": step.by.party_id, "came_at": step.at},
    )
    facts = {"message": kept.pk, "name": name, "given": checked}
    audit.record(step.case, action="message.kept", by=step.by, at=step.at, facts=facts)


def tell_places(
    case_id: int, kind: TaskKind, name: str, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> int:
    """Let every place of a case go on that waited for this when it came; gives how many did."""
    waiting: list[int] | None = None
    count = 0
    while waiting is None or waiting:
        step = Step.begin(case_id, by=by, at=at)
        if waiting is None:
            rows = step.open_tasks.values()
            waiting = [row.pk for row in rows if row.kind == kind and row.waits_for == name]
            if not waiting:
                return 0
        row = step.open_tasks.pop(waiting.pop(0), None)
        if row is not None:
            step.case.variables = {**step.case.variables, **check_values(step.flow, values)}
            end_wait(step, row, "")
            count += 1
            if step.case.state != CaseState.OPEN:
                break
    return count


@transaction.atomic
def send_signal(*, name: str, by: Actor, at: datetime, values: Mapping[str, Any] | None = None) -> None:
    """Tell every case that waits for a signal, in the background."""
    if by.kind != "system" and not may(by, MANAGE_TASKS):
        raise NotPermitted
    events.enqueue(SIGNAL, name=name, values=json.dumps(dict(values or {})))


@transaction.atomic
def deliver_signal(*, case_id: int, name: str, values: Mapping[str, Any], at: datetime) -> int:
    """Tell one case a signal; values that its flow does not declare are left out."""
    case = Case.objects.get(pk=case_id)
    declared = Step.begin(case.pk, by=SYSTEM, at=at).flow.variables
    fitting = {key: value for key, value in values.items() if key in declared}
    return tell_places(case_id, TaskKind.SIGNAL, name, fitting, by=SYSTEM, at=at)
