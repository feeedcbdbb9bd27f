"""Joint conclusion, signature, seal, revocation: how a result comes to stand and to fall."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.clock import api as clock
from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.data import CodeCheck, CodeFault
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.events import ItemConcluded, ResultSealed
from jingkai.modules.approvals.models import Application, ApplicationItem, Decision
from jingkai.modules.approvals.operations.ageing import refuse_ended_materials
from jingkai.modules.approvals.operations.delivering import open_delivery
from jingkai.modules.approvals.operations.papers import seal_result
from jingkai.modules.approvals.operations.steps import check_step
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.records.documents import api as documents
from jingkai.records.documents.models import IssuedDocument
from jingkai.ui.words import listed

OUTCOMES = {"granted": Decision.Outcome.GRANTED, "denied": Decision.Outcome.DENIED}


class NotDecided(PersonFacingError):
    """The seal follows a signature; there is none."""

    sentence = _("The decision has not been signed, so it can't be sealed.")


class AlreadyRevoked(PersonFacingError):
    """The result was revoked before."""

    sentence = _("This result was already revoked.")


class ObjectionStands(PersonFacingError):
    """A department objected, so the joint conclusion can't be a grant."""

    sentence = _("%(units)s did not agree, so the conclusion can't be a grant.")
    advice = _("Send the matter back to that department, or conclude with a denial and its reason.")


@transaction.atomic
def summarise(*, task: Task, outcome: str, text: str, by: Actor, at: datetime) -> None:
    """Write the joint conclusion of all departments and send it to be signed.

    Errors: ObjectionStands where a department objected and the conclusion grants.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_step(task=task, by=by, node="summarise")
    objectors = queries.list_objectors(application=application)
    if outcome == "granted" and objectors:
        raise ObjectionStands(units=listed(objectors))
    cases.complete_task(task=task, outcome=outcome, opinion=text, by=by, at=at)


@transaction.atomic
def sign_decision(*, task: Task, text: str, by: Actor, at: datetime) -> Decision:
    """Sign the decision under the power in force today; without one nothing is decided.

    行政许可法 24 (decided in the entrusting organ's name) and 25.
    Errors: NoValidPower.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_step(task=task, by=by, node="sign")
    item = application.items.select_related("item").get(decides=True)
    power = rules.power_in_force(item.item.powers.all(), on=timezone.localdate(at))
    conclusion = queries.latest_conclusion(case_id=task.case_id)
    refuse_ended_materials(application, outcome=conclusion.outcome, at=at)
    decision, _created = Decision.objects.update_or_create(
        item=item,
        defaults={
            "power": power,
            "outcome": OUTCOMES[conclusion.outcome],
            "text": conclusion.text,
            "signed_by_id": rules.person_of(by),
            "signed_at": at,
        },
    )
    cases.complete_task(task=task, outcome="sign", opinion=text, by=by, at=at)
    audit.record(
        task.case,
        action="decision.signed",
        by=by,
        at=at,
        for_=application.enterprise_id,
        facts={"decision": decision.pk, "outcome": decision.outcome, "power": power.pk},
    )
    return decision


@transaction.atomic
def return_to_summary(*, task: Task, text: str, by: Actor, at: datetime) -> None:
    """Give the draft decision back to the department that wrote the conclusion; nothing is lost."""
    check_step(task=task, by=by, node="sign")
    cases.complete_task(task=task, outcome="return", opinion=text, by=by, at=at)


@transaction.atomic
def seal_by_code(*, task: Task, code: str, by: Actor, at: datetime) -> Decision | CodeCheck:
    """Apply the seal for a custodian who proves at this moment, by a code, that it is they who apply it.

    A refused code is told and stands on the case's trail; it is not raised, so that its count is kept.
    Errors: those of apply_seal.
    """
    queries.lock_by_case(case_id=task.case_id)
    check_step(task=task, by=by, node="seal")
    check = accounts.check_code(code=code, by=by, at=at)
    if check.right:
        return apply_seal(task=task, by=by, at=at, factor=check.factor)
    facts = {"task": task.pk, "fault": str(check.fault), "locked": check.fault is CodeFault.LOCKED}
    audit.record(task.case, action="seal.code_refused", by=by, at=at, facts=facts, result=audit.REFUSED)
    return check


@transaction.atomic
def apply_seal(*, task: Task, by: Actor, at: datetime, factor: str = "") -> Decision:
    """Typeset, number, seal and register the result; the clock ends and the applicant is told.

    The power is checked again: it may have ended between signature and seal; a renewal by the same organ
    carries the decision on. `factor` says what the
    custodian proved themselves by at this moment; the page asks for it, see `seal_by_code`.
    Errors: NotDecided, NoValidPower, what the seal's custody refuses.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_step(task=task, by=by, node="seal")
    decision = queries.decision_to_seal(application=application)
    if decision is None:
        raise NotDecided
    rules.power_still_of_organ(decision.power, decision.power.item.powers.all(), on=timezone.localdate(at))
    decision.document = seal_result(application, decision, by=by, at=at)
    decision.sealed_by_id, decision.sealed_at = by.party_id, at
    decision.save(update_fields=("document", "sealed_by", "sealed_at"))
    _close_item(decision, by=by, at=at)
    application.state, application.decided_at, application.updated_at = Application.State.DECIDED, at, at
    application.version += 1
    application.save()
    cases.complete_task(task=task, outcome="sealed", opinion="", by=by, at=at)
    audit.record(
        task.case,
        action="decision.sealed" if is_issued(decision) else "decision.seal_ordered",
        by=by,
        at=at,
        for_=application.enterprise_id,
        facts={
            "decision": decision.pk,
            "document": decision.document.number_text,
            "digest": decision.document.sha256,
            "factor": factor,
        },
    )
    events.publish(ItemConcluded(application_id=application.pk, item_id=decision.item_id))
    if is_issued(decision):
        announce_result(application, decision, at=at)
    return decision


def is_issued(decision: Decision) -> bool:
    """Whether the decision's document is valid; one whose state seal was ordered waits for it."""
    return decision.document is not None and decision.document.state == IssuedDocument.State.VALID


def announce_result(application: Application, decision: Decision, *, at: datetime) -> None:
    """Tell of a result that is valid now, and begin its delivery."""
    assert decision.document is not None
    open_delivery(document_id=decision.document.pk, at=at)
    events.publish(ResultSealed(application_id=application.pk, decision_id=decision.pk))
    tell_enterprise(
        application,
        kind="decided",
        at=at,
        result=decision.item.result_name,
        number=decision.document.number_text,
    )
    tell_enterprise(application, kind="rating_invited", at=at)


@transaction.atomic
def revoke_result(*, decision: Decision, reason: str, by: Actor, at: datetime) -> None:
    """Revoke a sealed result (行政许可法 69); the public page says so from this moment."""
    locked = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("item__application__case", "item__application__enterprise", "document")
        .get(pk=decision.pk)
    )
    application = locked.item.application
    if locked.document is None or application.case is None:
        raise NotDecided
    if locked.document.state != "valid":
        raise AlreadyRevoked
    documents.revoke_document(
        document_id=locked.document.pk, end_class="annulled", reason=reason, by=by, at=at
    )
    audit.record(
        application.case,
        action="decision.revoked",
        by=by,
        at=at,
        for_=application.enterprise_id,
        facts={"decision": locked.pk, "document": locked.document.number_text},
    )
    tell_enterprise(application, kind="result_revoked", at=at, reason=reason[:300])


def _close_item(decision: Decision, *, by: Actor, at: datetime) -> None:
    item: ApplicationItem = decision.item
    clock.stop_clock(clock=item.clock, outcome=decision.outcome, by=by, at=at)
