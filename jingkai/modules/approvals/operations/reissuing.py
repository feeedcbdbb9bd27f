"""见文换文: the entrusting department reissues the zone's result as its own document, the same day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.kernel.accounts.data import CodeCheck
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.events import ResultReissued
from jingkai.modules.approvals.models import Decision, Reissue
from jingkai.modules.approvals.operations.delivering import open_delivery
from jingkai.modules.approvals.operations.item_papers import (
    issue_reissue,
    reissue_paper,
    seal_in_use,
)
from jingkai.modules.approvals.operations.items import check_factor, check_part
from jingkai.modules.approvals.operations.network import settle, stop
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.records.documents import api as documents
from jingkai.records.documents.models import IssuedDocument


class AlreadyReissued(PersonFacingError):
    """The department's document was issued before."""

    sentence = _("This result was already reissued.")


class ResultNotValid(PersonFacingError):
    """The zone's document is no longer valid, so nothing can be reissued on it."""

    sentence = _("The zone's document is no longer valid, so it can't be reissued.")
    advice = _("Ask the zone's service hall what became of it.")


class SealAsked(PersonFacingError):
    """The document waits for a seal that was asked for."""

    sentence = _("The seal for this document was asked for already.")
    advice = _("It is issued as soon as the request is approved and the seal applied.")


class NoSealToAskFor(PersonFacingError):
    """The department keeps no seal here."""

    sentence = _("Your department keeps no seal here, so there is none to ask for.")
    advice = _("Reissue the document without a seal here, and seal it in your own house.")


@transaction.atomic
def reissue_by_code(*, task: Task, code: str, by: Actor, at: datetime) -> Reissue | CodeCheck:
    """Reissue for an officer who proves themselves at this moment; a refused code is kept and told."""
    queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="x")
    check = check_factor(task, code, by=by, at=at)
    return reissue_result(task=task, by=by, at=at, factor=check.factor) if check.right else check


@transaction.atomic
def reissue_result(*, task: Task, by: Actor, at: datetime, factor: str = "") -> Reissue:
    """Issue the department's own document with its own number, organ and seal, linked to the zone's.

    行政许可法 24: the result stands in the entrusting organ's name. Where the state seal service keeps the
    department's seal, the document is issued when it is back from there.
    Errors: AlreadyReissued, ResultNotValid, SealAsked.
    """
    reissue, decision = _open(task, by=by)
    document = issue_reissue(reissue, decision, by=by, at=at)
    if document.state != IssuedDocument.State.VALID:
        return reissue
    return finish_reissue(reissue, document, by=by, at=at, factor=factor)


@transaction.atomic
def prepare_own(*, task: Task, by: Actor, at: datetime) -> tuple[Reissue, IssuedDocument, str]:
    """Typeset the department's document for a seal that somebody else keeps; gives the seal's code too.

    Errors: as `reissue_result`, NoSealToAskFor.
    """
    reissue, decision = _open(task, by=by)
    code = seal_in_use(reissue.unit_id)
    if not code:
        raise NoSealToAskFor
    paper = reissue_paper(reissue, decision, sealed=True, at=at)
    return reissue, documents.prepare_document(paper=paper, by=by, at=at), code


def finish_reissue(
    reissue: Reissue, document: IssuedDocument, *, by: Actor, at: datetime, factor: str = ""
) -> Reissue:
    """Let the issued document stand: the clock and the task end, the applicant is told."""
    run = reissue.run
    application, case = run.application, run.application.case
    assert case is not None
    assert run.item is not None
    seen = run.item.decision.document
    reissue.document = document
    reissue.done_at, reissue.done_by_id = at, by.party_id
    reissue.save(update_fields=("document", "done_at", "done_by"))
    open_delivery(document_id=document.pk, at=at)
    stop(reissue.clock, "reissued", by=by, at=at)
    task = Task.objects.get(case=case, node_id=f"x_{run.branch}", state=Task.State.OPEN)
    cases.complete_task(task=task, outcome="reissued", opinion="", by=by, at=at)
    facts = {
        "reissue": reissue.pk,
        "document": document.number_text,
        "seen": seen.number_text if seen else "",
        "factor": factor,
    }
    audit.record(case, action="result.reissued", by=by, at=at, for_=application.enterprise_id, facts=facts)
    events.publish(ResultReissued(application_id=application.pk, reissue_id=reissue.pk))
    tell_enterprise(
        application,
        kind="result_reissued",
        at=at,
        result=run.catalogue_item.result_name,
        organ=reissue.unit.name,
        number=document.number_text,
    )
    settle(application, at=at)
    return reissue


def _open(task: Task, *, by: Actor) -> tuple[Reissue, Decision]:
    """The reissue of a task with the zone's decision, locked, and refused where it can't be made."""
    application = queries.lock_by_case(case_id=task.case_id)
    check_part(task, by=by, part="x")
    run = queries.run_of_task(task, application)
    reissue = Reissue.objects.select_for_update(of=("self",)).select_related("unit", "clock").get(run=run)
    reissue.run = run
    if reissue.done_at is not None or run.item is None:
        raise AlreadyReissued
    if reissue.seal_requests.exclude(state="refused").exists():
        raise SealAsked
    decision = run.item.decision
    decision.item = run.item
    if decision.document is None or decision.document.state != "valid":
        raise ResultNotValid
    return reissue, decision
