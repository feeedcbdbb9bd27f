"""The decision on one item of a package: signed under its power, then sealed or issued conditionally."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Opinion, Task
from jingkai.casework.clock import api as clock
from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.data import CodeCheck, CodeFault
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules import api as kernel_rules
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.events import ItemSealed
from jingkai.modules.approvals.models import (
    ApplicationItem,
    ConditionRun,
    Decision,
    ItemRun,
    Reissue,
)
from jingkai.modules.approvals.operations.decision import NotDecided, is_issued
from jingkai.modules.approvals.operations.delivering import open_delivery
from jingkai.modules.approvals.operations.item_papers import issue_conditional, seal_item_result
from jingkai.modules.approvals.operations.network import conclude, say, stop
from jingkai.modules.approvals.operations.steps import WrongStep
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.records.documents import api as documents

VALIDITY = "conditional_validity"
"""The kind of rule that says for how long a conditional result waits, and when to warn."""


@transaction.atomic
def sign_item(*, task: Task, text: str, by: Actor, at: datetime) -> Decision:
    """Sign the decision on one item under the power in force today.

    A grant whose condition is not there becomes a conditional result at once: it is issued without a seal and
    the item's clock ends. Everything else goes to the seal. Errors: NoValidPower (行政许可法 24, 25).
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="s")
    run = queries.run_of_task(task, application)
    item = _item(run)
    power = rules.power_in_force(item.item.powers.all(), on=timezone.localdate(at))
    granted = item.state == ApplicationItem.State.AGREED
    decision, _created = Decision.objects.update_or_create(
        item=item,
        defaults={
            "power": power,
            "outcome": Decision.Outcome.GRANTED if granted else Decision.Outcome.DENIED,
            "text": _opinion(task),
            "signed_by_id": rules.person_of(by),
            "signed_at": at,
        },
    )
    simulated = granted and _still_conditional(run)
    facts = {"decision": decision.pk, "outcome": decision.outcome, "power": power.pk, "simulated": simulated}
    audit.record(
        task.case, action="decision.signed", by=by, at=at, for_=application.enterprise_id, facts=facts
    )
    if simulated:
        _issue_conditional(run, decision, task=task, text=text, by=by, at=at)
    else:
        run.simulated = False
        run.save(update_fields=("simulated",))
        cases.complete_task(task=task, outcome="sign", opinion=text, by=by, at=at)
    return decision


@transaction.atomic
def return_item(*, task: Task, text: str, by: Actor, at: datetime) -> None:
    """Give the item back to its department with what should change."""
    application = queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="s")
    item = _item(queries.run_of_task(task, application))
    item.state = ApplicationItem.State.RUNNING
    item.save(update_fields=("state",))
    cases.complete_task(task=task, outcome="return", opinion=text, by=by, at=at)


@transaction.atomic
def seal_item_by_code(*, task: Task, code: str, by: Actor, at: datetime) -> Decision | CodeCheck:
    """Seal one item for a custodian who proves themselves at this moment; a refused code is kept and told."""
    queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="k")
    check = check_factor(task, code, by=by, at=at)
    return seal_item(task=task, by=by, at=at, factor=check.factor) if check.right else check


@transaction.atomic
def seal_item(*, task: Task, by: Actor, at: datetime, factor: str = "") -> Decision:
    """Typeset, number and seal the result of one item; its clock ends, those that waited for it begin.

    The power is checked again: it may have ended between signature and seal. Errors: NotDecided,
    NoValidPower, what the seal's custody refuses.
    """
    application = queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="k")
    run = queries.run_of_task(task, application)
    decision = unsealed_decision(run)
    seal_decision(run, decision, by=by, at=at, factor=factor)
    granted = decision.outcome == Decision.Outcome.GRANTED
    if granted:
        open_reissue(run, by=by, at=at)
    outcome = "sealed" if granted else "denied"
    cases.complete_task(task=task, outcome=outcome, opinion="", by=by, at=at)
    conclude(run, ItemRun.State.GRANTED if granted else ItemRun.State.DENIED, by=by, at=at)
    return decision


def seal_decision(run: ItemRun, decision: Decision, *, by: Actor, at: datetime, factor: str) -> None:
    """Issue the formal document of a signed decision, end the item's clock, and tell."""
    application = run.application
    rules.power_still_of_organ(decision.power, decision.power.item.powers.all(), on=timezone.localdate(at))
    decision.document = seal_item_result(decision, conditional=run.conditional, by=by, at=at)
    decision.sealed_by_id, decision.sealed_at = by.party_id, at
    decision.save(update_fields=("document", "sealed_by", "sealed_at"))
    stop(decision.item.clock, decision.outcome, by=by, at=at)
    facts = {
        "decision": decision.pk,
        "document": decision.document.number_text,
        "digest": decision.document.sha256,
        "factor": factor,
    }
    action = "decision.sealed" if is_issued(decision) else "decision.seal_ordered"
    assert application.case is not None
    audit.record(application.case, action=action, by=by, at=at, for_=application.enterprise_id, facts=facts)
    if is_issued(decision):
        announce_item(run, decision, by=by, at=at)


def announce_item(run: ItemRun, decision: Decision, *, by: Actor, at: datetime) -> None:
    """Tell of an item's result that is valid now; it takes the conditional one's place, delivery begins."""
    assert decision.document is not None
    open_delivery(document_id=decision.document.pk, at=at)
    if run.conditional is not None:
        documents.replace_document(
            document_id=run.conditional.pk,
            replacement_id=decision.document.pk,
            reason="条件已满足，转为正式文件",
            by=by,
            at=at,
        )
    events.publish(
        ItemSealed(application_id=run.application_id, item_id=decision.item_id, decision_id=decision.pk)
    )
    tell_enterprise(
        run.application,
        kind="decided",
        at=at,
        result=decision.item.item.result_name,
        number=decision.document.number_text,
    )


def unsealed_decision(run: ItemRun) -> Decision:
    """The signed decision of an item that waits for its seal, locked. Errors: NotDecided."""
    rows = Decision.objects.select_for_update(of=("self",)).select_related("power", "signed_by")
    decision = rows.filter(item=run.item_id, document=None).first()
    if decision is None:
        raise NotDecided
    decision.item = _item(run)
    return decision


def open_reissue(run: ItemRun, *, by: Actor, at: datetime) -> None:
    """Let the entrusting department's clock run: it reissues the document on seeing this one."""
    if run.reissued_by_id is None or run.application.case is None:
        return
    on, name = timezone.localdate(at), run.catalogue_item
    started = clock.start_clock(
        limit=clock.get_limit("reissue", on=on),
        on=on,
        label=f"见文换文：{name.name}"[:200],
        label_en=f"Reissue: {name.name_en}"[:200],
        by=by,
        at=at,
    )
    cases.attach_clock(
        case=run.application.case, key=f"reissue-{run.branch}"[:40], clock=started, by=by, at=at
    )
    Reissue.objects.create(run=run, unit_id=run.reissued_by_id, clock=started, opened_at=at)


def check_part(task: Task, *, by: Actor, part: str) -> None:
    """Refuse an act at another part of a branch. Errors: WrongStep, what cases.check_holder raises."""
    cases.check_holder(task=task, by=by)
    if not task.node_id.startswith(f"{part}_"):
        raise WrongStep(task=task.name)


def check_factor(task: Task, code: str, *, by: Actor, at: datetime) -> CodeCheck:
    """Check the code of this moment; a refused one stands on the case's trail."""
    check = accounts.check_code(code=code, by=by, at=at)
    if not check.right:
        facts = {"task": task.pk, "fault": str(check.fault), "locked": check.fault is CodeFault.LOCKED}
        audit.record(task.case, action="seal.code_refused", by=by, at=at, facts=facts, result=audit.REFUSED)
    return check


def _issue_conditional(
    run: ItemRun, decision: Decision, *, task: Task, text: str, by: Actor, at: datetime
) -> None:
    condition, application = run.condition, run.application
    assert condition is not None
    assert application.case is not None
    if condition.state == ConditionRun.State.LAPSED:
        _end_without(run, condition, task=task, text=text, by=by, at=at)
        return
    if condition.valid_until is None:
        rule = kernel_rules.get(VALIDITY, condition.condition.rule_key, on=timezone.localdate(at))
        condition.valid_until = timezone.localdate(at) + timedelta(days=int(rule.value["days"]))
        condition.save(update_fields=("valid_until",))
    run.conditional = issue_conditional(run, decision, by=by, at=at)
    run.simulated = True
    run.save(update_fields=("conditional", "simulated"))
    stop(decision.item.clock, "conditional", by=by, at=at)
    cases.complete_task(task=task, outcome="simulate", opinion=text, by=by, at=at)
    tell_enterprise(
        application,
        kind="conditional_result",
        at=at,
        result=decision.item.item.result_name,
        number=run.conditional.number_text,
        needed=condition.condition.name,
        until=condition.valid_until,
    )
    conclude(run, ItemRun.State.CONDITIONAL, by=by, at=at)


def _end_without(
    run: ItemRun, condition: ConditionRun, *, task: Task, text: str, by: Actor, at: datetime
) -> None:
    """The condition was given up while the item was reviewed: there is nothing left to decide."""
    case = run.application.case
    assert case is not None
    assert run.item is not None
    stop(run.item.clock, "lapsed", by=by, at=at)
    cases.complete_task(task=task, outcome="simulate", opinion=text, by=by, at=at)
    say(case, f"formal:{run.branch}", queries.variable(run.branch), "lapsed", at=at)
    reason = f"“{condition.condition.name}”未在期限内满足"
    conclude(run, ItemRun.State.LAPSED, reason=reason, by=by, at=at)


def _still_conditional(run: ItemRun) -> bool:
    return run.condition is not None and run.condition.state != ConditionRun.State.MET


def _item(run: ItemRun) -> ApplicationItem:
    if run.item is None:
        raise NotDecided
    return run.item


def _opinion(task: Task) -> str:
    """What the department wrote last about this item; it is what the document says."""
    written = Opinion.objects.filter(task__case_id=task.case_id, task__branch=task.branch)
    newest = written.filter(task__node_id__startswith="r_").order_by("-at", "-pk").first()
    return newest.text if newest else ""
