"""Simulated approvals (模拟审批): a condition's document comes and turns results formal, or never comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.kernel.accounts.data import CodeCheck
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.events import ConditionMet
from jingkai.modules.approvals.models import Application, ConditionRun, Decision, ItemRun, Material
from jingkai.modules.approvals.operations.drafts import NotYours
from jingkai.modules.approvals.operations.items import (
    check_factor,
    check_part,
    open_reissue,
    seal_decision,
    unsealed_decision,
)
from jingkai.modules.approvals.operations.network import (
    close_condition,
    conclude,
    open_task,
    say,
    settle,
    start_ready,
    stop,
)
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.records.documents import api as documents
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload
from jingkai.records.files.models import Attachment

OWNER = "application"


class ConditionSettled(PersonFacingError):
    """The condition was met, or given up, before."""

    sentence = _("“%(condition)s” was already settled, so nothing was changed.")
    advice = _("Open the matter again to see which results are formal now.")


class DocumentNumberMissing(PersonFacingError):
    """Whoever checks a document writes down its number: it goes into the trail."""

    sentence = _("Write the number of the document that you checked.")
    status = 422


@dataclass(frozen=True)
class Turned:
    """What one step turned formal, and what it had to leave: the item's name and why."""

    done: list[Decision] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def supply_material(
    *, application: Application, material: Material, upload: Upload, by: Actor, at: datetime
) -> Attachment:
    """Hand in what a package asks for later: items that waited for it begin, a condition is to be checked.

    The enterprise does it, its agent, or the window for it. Errors: NotYours.
    """
    locked = _lock(application)
    if not rules.may_add_application_files(by, locked.pk, material.code):
        upload.received.path.unlink(missing_ok=True)
        raise NotYours
    attachment = files.attach(
        upload=upload, owner=(OWNER, locked.pk), slot=material.code, by=by, at=at, for_=locked.enterprise_id
    )
    facts = {"material": material.code, "file": attachment.pk}
    assert locked.case is not None
    audit.record(
        locked.case, action="material.supplied", by=by, at=at, for_=locked.enterprise_id, facts=facts
    )
    start_ready(locked, by=by, at=at)
    conditions = locked.conditions.select_for_update(of=("self",)).select_related("condition")
    for condition in conditions.filter(condition__material=material):
        condition.application = locked
        note_arrival(condition, by=by, at=at)
    return attachment


def note_arrival(condition: ConditionRun, *, by: Actor, at: datetime) -> None:
    """Send a condition's document to the window for checking; a second file joins the first."""
    if condition.state != ConditionRun.State.WAITING or condition.application.case is None:
        return
    on, name = timezone.localdate(at), condition.condition
    case = condition.application.case
    condition.turning = clock.start_clock(
        limit=clock.get_limit("condition_turning", on=on),
        on=on,
        label=f"模拟审批转正：{name.name}",
        label_en=f"Turning formal: {name.name_en}"[:200],
        by=by,
        at=at,
    )
    cases.attach_clock(case=case, key=f"turning-{name.code}"[:40], clock=condition.turning, by=by, at=at)
    condition.state, condition.arrived_at = ConditionRun.State.ARRIVED, at
    condition.save(update_fields=("turning", "state", "arrived_at"))
    say(case, f"document:{name.code}", queries.condition_variable(name.code), "arrived", at=at)


@transaction.atomic
def confirm_condition(*, task: Task, number: str, by: Actor, at: datetime) -> ConditionRun:
    """Find the condition's document right: from now on results are formal, and waiting ones can be turned.

    Errors: ConditionSettled, DocumentNumberMissing, what cases.check_holder raises.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="check")
    condition = queries.condition_of_task(task, application)
    if condition.state != ConditionRun.State.ARRIVED:
        raise ConditionSettled(condition=condition.condition.name)
    if not number.strip():
        raise DocumentNumberMissing
    condition.state, condition.met_at = ConditionRun.State.MET, at
    condition.checked_by_id, condition.document_number = rules.person_of(by), number.strip()[:80]
    condition.save(update_fields=("state", "met_at", "checked_by", "document_number"))
    cases.complete_task(task=task, outcome="met", opinion=number.strip(), by=by, at=at)
    facts = {"condition": condition.condition.code, "document": condition.document_number}
    audit.record(task.case, action="condition.met", by=by, at=at, for_=application.enterprise_id, facts=facts)
    events.publish(ConditionMet(application_id=application.pk, condition_run_id=condition.pk))
    if not _waiting(application, condition):
        _pass_by(condition, at=at)
    return condition


@transaction.atomic
def refuse_condition(*, task: Task, reason: str, by: Actor, at: datetime) -> ConditionRun:
    """Find the document wrong: the condition is awaited again, and the applicant told why."""
    application = queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="check")
    condition = queries.condition_of_task(task, application)
    stop(condition.turning, "wrong", by=by, at=at)
    condition.state, condition.note, condition.arrived_at = ConditionRun.State.WAITING, reason.strip(), None
    condition.save(update_fields=("state", "note", "arrived_at"))
    for one in files.list_attachments((OWNER, application.pk)):
        if one.slot == condition.condition.material.code:
            found = files.get_attachment(UUID(str(one.uuid)))
            if found is not None:
                files.void_attachment(attachment=found, reason="核对不符", by=by, at=at)
    cases.complete_task(task=task, outcome="wrong", opinion=reason, by=by, at=at)
    facts = {"condition": condition.condition.code}
    audit.record(
        task.case, action="condition.refused", by=by, at=at, for_=application.enterprise_id, facts=facts
    )
    tell_enterprise(
        application, kind="condition_refused", at=at, needed=condition.condition.name, reason=reason[:300]
    )
    return condition


@transaction.atomic
def turn_formal_by_code(*, task: Task, code: str, by: Actor, at: datetime) -> Turned | CodeCheck:
    """Turn conditional results formal for a custodian who proves themselves at this moment."""
    queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="turn")
    check = check_factor(task, code, by=by, at=at)
    return turn_formal(task=task, by=by, at=at, factor=check.factor) if check.right else check


@transaction.atomic
def turn_formal(*, task: Task, by: Actor, at: datetime, factor: str = "") -> Turned:
    """Turn every conditional result that waited for this condition into its formal document, in one step.

    An item whose power has ended meanwhile stays conditional with the reason, and the step stays open for
    it; the others do not wait. Errors: NoValidPower where not one can be turned.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="turn")
    condition = queries.condition_of_task(task, application)
    turned = Turned()
    for run in _waiting(application, condition):
        try:
            with transaction.atomic():
                turned.done.append(_turn(run, by=by, at=at, factor=factor))
        except rules.NoValidPower as error:
            turned.left.append((run.catalogue_item.name, str(error)))
    if not turned.done and turned.left:
        raise rules.NoValidPower
    if not turned.left:
        stop(condition.turning, "turned", by=by, at=at)
        cases.complete_task(task=task, outcome="turned", opinion="", by=by, at=at)
    for decision in turned.done:
        run = next(run for run in queries.runs_of(application) if run.item_id == decision.item_id)
        conclude(run, ItemRun.State.GRANTED, by=by, at=at)
    return turned


def _turn(run: ItemRun, *, by: Actor, at: datetime, factor: str) -> Decision:
    decision = unsealed_decision(run)
    if not rules.is_in_force(decision.power, on=timezone.localdate(at)):
        decision.power = rules.power_in_force(
            decision.item.item.powers.all(), on=timezone.localdate(at)
        )  # a new entrustment for the same item carries the decision on
        decision.save(update_fields=("power",))
    seal_decision(run, decision, by=by, at=at, factor=factor)
    open_reissue(run, by=by, at=at)
    assert run.application.case is not None
    say(run.application.case, f"formal:{run.branch}", queries.variable(run.branch), "formal", at=at)
    return decision


@transaction.atomic
def lapse_condition(*, condition_id: int, by: Actor, at: datetime) -> bool:
    """Give up a condition that has not come in time: its conditional results end, with the reason in writing.

    False where it was met, lapsed, or is being checked: what arrived in time is looked at first.
    """
    found = ConditionRun.objects.select_related("application__case").get(pk=condition_id)
    application = _lock(found.application)
    condition = ConditionRun.objects.select_related("condition").get(pk=condition_id)
    condition.application = application
    late = condition.valid_until is not None and condition.valid_until < timezone.localdate(at)
    if condition.state != ConditionRun.State.WAITING or not late:
        return False
    condition.state = ConditionRun.State.LAPSED
    condition.save(update_fields=("state",))
    reason = f"“{condition.condition.name}”至{condition.valid_until}未满足"
    for run in _waiting(application, condition):
        _lapse(run, reason, by=by, at=at)
    close_condition(condition, "lapsed", at=at)
    facts = {"condition": condition.condition.code, "until": condition.valid_until}
    assert application.case is not None
    audit.record(
        application.case, action="condition.lapsed", by=by, at=at, for_=application.enterprise_id, facts=facts
    )
    tell_enterprise(application, kind="condition_lapsed", at=at, needed=condition.condition.name)
    start_ready(application, by=by, at=at)
    settle(application, at=at)
    return True


def _lapse(run: ItemRun, reason: str, *, by: Actor, at: datetime) -> None:
    case = run.application.case
    assert case is not None
    if run.conditional is not None:
        documents.revoke_document(
            document_id=run.conditional.pk, end_class="cancelled", reason=reason, by=by, at=at
        )
    run.state, run.reason, run.concluded_at = ItemRun.State.LAPSED, reason, at
    run.save(update_fields=("state", "reason", "concluded_at"))
    say(case, f"formal:{run.branch}", queries.variable(run.branch), "lapsed", at=at)


@transaction.atomic
def warn_of_condition(*, condition_id: int, on: date, at: datetime) -> bool:
    """Tell the enterprise once that a condition must come soon; False where it was told or is settled."""
    condition = ConditionRun.objects.select_for_update(of=("self",)).get(pk=condition_id)
    if condition.state != ConditionRun.State.WAITING or condition.warned_at is not None:
        return False
    condition.warned_at = at
    condition.save(update_fields=("warned_at",))
    tell_enterprise(
        Application.objects.select_related("case", "package").get(pk=condition.application_id),
        kind="condition_due",
        at=at,
        needed=condition.condition.name,
        until=condition.valid_until,
    )
    return True


def _lock(application: Application) -> Application:
    if application.case_id is None:
        raise NotYours
    return queries.lock_by_case(case_id=application.case_id)


def _waiting(application: Application, condition: ConditionRun) -> list[ItemRun]:
    """Conditional results of a condition, in the order in which one builds on the other."""
    runs = queries.runs_of(application)
    return [r for r in runs if r.condition_id == condition.pk and r.state == ItemRun.State.CONDITIONAL]


def _pass_by(condition: ConditionRun, *, at: datetime) -> None:
    """Nothing waits to be turned: the custodian's step is done by the system."""
    case, code = condition.application.case, condition.condition.code.replace("-", "_")
    stop(condition.turning, "met", by=SYSTEM, at=at)
    task = open_task(case, f"turn_{code}")
    if task is not None:
        cases.complete_task(task=task, outcome="turned", opinion="", by=SYSTEM, at=at)
    settle(condition.application, at=at)
