"""Opening a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Func, Value
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.data import TaskKind
from jingkai.casework.cases.events import CaseStarted
from jingkai.casework.cases.models import Case, CaseClock, Task
from jingkai.casework.cases.operations.step import Step
from jingkai.casework.cases.operations.store import read_scene
from jingkai.casework.cases.queries.words import words_of, words_of_name
from jingkai.casework.cases.rules import check_values
from jingkai.casework.clock.models import Clock
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import CallActivity
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import insert_rows, local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor
from jingkai.records.numbering import api as numbering

SERIES = "case"
"""The series of case references where the caller brings none."""

ATTACHED = "case.clock_attached"
"""The trail's word for a clock that runs for a case from now on."""

DEEPEST = 5
"""Most levels of sub-cases under a case; flows that call each other in a circle stop here."""


class ReferenceTaken(PersonFacingError):
    """References are unique for ever."""

    sentence = _("The number %(reference)s is already taken by another case.")


class TooDeep(PersonFacingError):
    """Sub-cases stand in sub-cases without an end; nothing was written."""

    sentence = _("“%(node)s” would start one sub-case inside another without an end.")
    advice = _("Ask the system administrator to correct the flows: they call each other in a circle.")


@transaction.atomic
def start_case(
    *,
    flow_key: str,
    kind: str,
    title: str,
    by: Actor,
    at: datetime,
    title_en: str = "",
    applicant: models.Model | int | None = None,
    starter: models.Model | int | None = None,
    reference: str = "",
    variables: Mapping[str, Any] | None = None,
    pins: Mapping[str, Any] | None = None,
    clocks: Mapping[str, Clock] | None = None,
    version: FlowVersion | None = None,
    parent_task: Task | None = None,
) -> Case:
    """Open a case under the current version of its flow, and its first tasks.

    `applicant` and `starter` are parties (or rows that extend one, or their numbers); the starter is the
    acting person unless another is named. Without a `reference` the next number of the series is taken.
    Both, the zone, and everybody on whom a task falls may see the case from now on. `clocks` that were just
    started run for it from the beginning, each under its key. `parent_task` is the place in another case that
    waits for this one.
    """
    version = version or flows.get_current(flow_key)
    flow = flows.compiled(version)
    case = Case(
        reference=reference or numbering.next_number(series=SERIES, at=at, by=by).text,
        kind=kind,
        title=title[:300],
        title_en=title_en[:300],
        flow_version=version,
        applicant_id=party_id(applicant),
        starter_id=party_id(starter) or by.party_id,
        opened_at=at,
        updated_at=at,
        pins=dict(pins or {}),
        variables=check_values(flow, variables or {}),
        parent_task=parent_task,
    )
    if isinstance(applicant, Party):
        case.applicant = applicant
    _insert(case)
    attached = attach(case, clocks or {}, at=at)
    step = Step(case, flow, by, at, read_scene(case.pk, flow.units), fresh=True)
    step.grantees |= {party for party in (case.applicant_id, case.starter_id) if party}
    node = flow.nodes[flow.start]
    step.follow(
        flows.advance(flow, node, outcome="", values=case.variables, perform=step.perform), previous=None
    )
    facts = {
        "reference": case.reference,
        "kind": kind,
        "flow": version.pk,
        "applicant": case.applicant_id,
        "starter": case.starter_id,
    }
    if parent_task is not None:
        facts["parent_task"] = parent_task.pk
    step.finish("case.started", facts=facts, for_=case.applicant_id, told=(CaseStarted(case_id=case.pk),))
    for one in attached:
        audit.record(case, action=ATTACHED, by=by, at=at, facts=attachment_facts(one))
    start_subcases(step)
    return case


def attach(case: Case, clocks: Mapping[str, Clock], *, at: datetime, **shown: str) -> list[CaseClock]:
    """Let clocks run for a case, each under its key; `shown`: branch, words other than its own."""
    rows = [
        CaseClock(
            case=case,
            key=key,
            clock=one,
            branch=shown.get("branch", ""),
            label=shown.get("label") or one.label,
            label_en=shown.get("label_en") or one.label_en,
            attached_at=at,
        )
        for key, one in clocks.items()
    ]
    return insert_rows(rows)


def attachment_facts(attached: CaseClock) -> dict[str, Any]:
    """What the trail tells of a clock that runs for a case."""
    return {"key": attached.key, "clock": attached.clock_id, "branch": attached.branch}


def start_subcases(step: Step) -> None:
    """Start the cases for which places that have just opened wait; they carry the parent's number on."""
    for row in step.opened:
        node = step.flow.nodes[row.node_id]
        if row.kind == TaskKind.CASE and isinstance(node, CallActivity):
            _start_subcase(step.case, node, row, by=step.by, at=step.at)


def _start_subcase(parent: Case, node: CallActivity, row: Task, *, by: Actor, at: datetime) -> None:
    if _depth(parent) >= DEEPEST:
        raise TooDeep(node=local(node, "name"))
    version = flows.get_current(node.called)
    declared = flows.compiled(version).variables
    number = Case.objects.filter(parent_task__case_id=parent.pk).count() + 1
    start_case(
        flow_key=node.called,
        version=version,
        kind=parent.kind,
        title=f"{parent.title} · {node.name}",
        title_en=f"{parent.title_en} · {node.name_en}" if parent.title_en else "",
        applicant=parent.applicant_id,
        starter=parent.starter_id,
        reference=f"{parent.reference[:54]}-{number}",
        variables={
            name: parent.variables[name]
            for name in node.gives
            if name in declared and name in parent.variables
        },
        parent_task=row,
        by=by,
        at=at,
    )


def _depth(case: Case) -> int:
    """Count the cases above a case."""
    depth, task = 0, case.parent_task_id
    while task is not None and depth <= DEEPEST:
        task = Case.objects.filter(tasks=task).values_list("parent_task_id", flat=True).first()
        depth += 1
    return depth


def party_id(party: models.Model | int | None) -> int | None:
    """Give the number of a party, of a row that extends one, or a number as it is."""
    return party if isinstance(party, int) or party is None else int(party.pk)


def _insert(case: Case) -> None:
    """Write the row with its search words and the applicant's; a taken reference is told in words."""
    found = words_of(case.reference, case.title, case.title_en)
    if case.applicant is not None:
        found += words_of_name(case.applicant)
    words = Value(list(dict.fromkeys(found)), ArrayField(models.TextField()))
    case.words = Func(words, function="array_to_tsvector")
    try:
        case.save(force_insert=True)
    except IntegrityError as error:
        if "reference" in str(error):
            raise ReferenceTaken(reference=case.reference) from error
        raise
    case.words = None
