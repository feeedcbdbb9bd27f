"""Use of a seal on request (用印审批单): raised, approved by another person, applied by its custodian."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.casework.flow import api as flow
from jingkai.kernel.accounts.data import CodeCheck
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.models import (
    Application,
    Decision,
    Delivery,
    ItemRun,
    Reissue,
    Replacement,
    SealRequest,
)
from jingkai.modules.approvals.operations.decision import announce_result
from jingkai.modules.approvals.operations.item_papers import seal_in_use
from jingkai.modules.approvals.operations.items import announce_item, check_factor
from jingkai.modules.approvals.operations.papers import SEAL_CODE
from jingkai.modules.approvals.operations.reissuing import finish_reissue, prepare_own
from jingkai.modules.approvals.operations.replacing import (
    finish_replacement,
    give_up_replacement,
    prepare_replacement,
)
from jingkai.modules.approvals.operations.series import SINCE
from jingkai.records.documents import api as documents
from jingkai.records.documents.data import SealOrder
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.numbering import api as numbering
from jingkai.records.seals import api as seals
from jingkai.records.seals.data import STANDING
from jingkai.records.seals.models import OutsideSealing

KIND, FLOW, SERIES = "seal_use", "seal-use", "approvals.seal_use"
AUTHORISATION = "seal_request"
DRAWING = Path(__file__).resolve().parents[1] / "flows" / f"{FLOW}.bpmn"
State = SealRequest.State


class SealNotKept(PersonFacingError):
    """Nobody keeps the seal here, so nobody can apply it."""

    sentence = _("The seal %(seal)s is in nobody's custody here.")
    advice = _("Ask who manages the seals; a handover is written down on the seal's page.")


class RequestOver(PersonFacingError):
    """The request was decided or sealed before."""

    sentence = _("This request was already decided.")
    advice = _("Reload the page to see how it stands.")


class OwnRequest(PersonFacingError):
    """Nobody approves the use of a seal that they asked for themselves."""

    sentence = _("You raised this request yourself, so somebody else must approve it.")
    status = 403


@transaction.atomic
def seed_seal_use(*, by: Actor, at: datetime) -> None:
    """Publish the drawing of the request and its series of numbers; safe to repeat."""
    numbering.seed_series(
        key=SERIES,
        name="用印审批单编号",
        name_en="Requests to use a seal",
        pattern="YY{year}-{n:04}",
        starts_on=SINCE,
        source="本区编号规则",
        by=by,
        at=at,
    )
    name, name_en = "结果文书用印审批", "Use of a seal on a result"
    flow.publish(key=FLOW, bpmn=DRAWING.read_bytes(), name=name, name_en=name_en, by=by, at=at)


@transaction.atomic
def ask_for_seal(
    *,
    document: IssuedDocument,
    application: Application,
    seal_code: str,
    purpose: str,
    approver: str,
    by: Actor,
    at: datetime,
    reissue: Reissue | None = None,
    replacement: Replacement | None = None,
) -> SealRequest:
    """Raise a request for one prepared paper; the case goes to the approver, then to the seal's custodian.

    Errors: SealNotKept.
    """
    custodian = seals.custodian_of(seal_code)
    if custodian is None:
        raise SealNotKept(seal=seal_code)
    if FLOW not in flow.list_keys():
        seed_seal_use(by=SYSTEM, at=at)
    case = cases.start_case(
        flow_key=FLOW,
        kind=KIND,
        title=f"用印审批：{document.title}（{document.number_text}）",
        title_en=f"Use of a seal: {document.kind_name_en or document.title} ({document.number_text})",
        reference=numbering.next_number(series=SERIES, at=at, by=by).text,
        variables={"approver": approver, "custodian": f"party:{custodian}"},
        by=by,
        at=at,
    )
    request = SealRequest.objects.create(
        application=application,
        case=case,
        document=document,
        seal_code=seal_code,
        purpose=purpose[:200],
        raised_by_id=rules.person_of(by),
        raised_at=at,
        reissue=reissue,
        replacement=replacement,
    )
    _record(request, "seal_use.asked", by=by, at=at, seal=seal_code)
    return request


@transaction.atomic
def ask_for_reissue_seal(*, task: Task, by: Actor, at: datetime) -> SealRequest:
    """Typeset the department's own document and ask for its seal, for an officer who does not keep it.

    Errors: those of a reissue, SealNotKept.
    """
    reissue, document, code = prepare_own(task=task, by=by, at=at)
    return ask_for_seal(
        document=document,
        application=reissue.run.application,
        seal_code=code,
        purpose=f"见文换文：{document.title}",
        approver=_approver(reissue, by=by, at=at),
        by=by,
        at=at,
        reissue=reissue,
    )


def _approver(reissue: Reissue, *, by: Actor, at: datetime) -> str:
    """Who decides on a department's seal: its head; the zone's signer where that is nobody or the asker."""
    head = organisation.head_of(reissue.unit_id, timezone.localdate(at))
    return f"party:{head.person_id}" if head and head.person_id != by.party_id else "role:signer"


@transaction.atomic
def decide_seal_use(*, task: Task, outcome: str, text: str, by: Actor, at: datetime) -> SealRequest:
    """Approve or refuse the use of a seal; a refusal needs its reason and gives the paper up.

    Errors: RequestOver, OwnRequest, ReasonMissing.
    """
    request = _lock(task, State.ASKED)
    if by.party_id == request.raised_by_id:
        raise OwnRequest
    if outcome == "reject" and not text.strip():
        raise ReasonMissing
    agreed = outcome == "agree"
    request.state = State.APPROVED if agreed else State.REFUSED
    request.decided_by_id, request.decided_at = rules.person_of(by), at
    request.opinion = text.strip()[:500]
    request.save(update_fields=("state", "decided_by", "decided_at", "opinion"))
    cases.complete_task(
        task=task, outcome="agree" if agreed else "reject", opinion=request.opinion, by=by, at=at
    )
    _record(request, "seal_use.approved" if agreed else "seal_use.refused", by=by, at=at)
    if not agreed:
        reason = f"用印未获批准：{request.opinion}"
        documents.abandon_document(document_id=request.document_id, reason=reason, by=by, at=at)
        if request.replacement is not None:
            give_up_replacement(request.replacement, reason=request.opinion, by=by, at=at)
    return request


class ReasonMissing(PersonFacingError):
    """A refusal says why."""

    sentence = _("Write why the seal is not to be used.")
    status = 422


@transaction.atomic
def apply_requested_by_code(*, task: Task, code: str, by: Actor, at: datetime) -> SealRequest | CodeCheck:
    """Apply the seal for a custodian who proves themselves now; a refused code is kept and told."""
    _lock(task, State.APPROVED)
    check = check_factor(task, code, by=by, at=at)
    return apply_requested(task=task, by=by, at=at, factor=check.factor) if check.right else check


@transaction.atomic
def apply_requested(*, task: Task, by: Actor, at: datetime, factor: str = "") -> SealRequest:
    """Put the seal on the paper under the approval; what waited for it goes on.

    Errors: RequestOver, what the seal's custody refuses.
    """
    request = _lock(task, State.APPROVED)
    queries.lock_by_case(case_id=request.application.case_id or 0)
    document = documents.seal_document(
        document_id=request.document_id,
        order=SealOrder(
            seal_code=request.seal_code,
            authorisation=(AUTHORISATION, request.pk),
            purpose=request.purpose,
        ),
        by=by,
        at=at,
    )
    cases.complete_task(task=task, outcome="sealed", opinion="", by=by, at=at)
    if document.state == IssuedDocument.State.VALID:
        _finish(request, document, by=by, at=at, factor=factor)
    else:
        _record(request, "seal_use.ordered", by=by, at=at, factor=factor)
    return request


@transaction.atomic
def go_on_with_sealed(*, sealing_id: int) -> None:
    """Go on with what waited for a paper that is back from the state seal service. Safe to repeat."""
    documents.enter_sealed(sealing_id=sealing_id)
    sealing = OutsideSealing.objects.select_related("use").get(pk=sealing_id)
    document = IssuedDocument.objects.get(pk=sealing.subject_id)
    if sealing.use is None or document.state != IssuedDocument.State.VALID:
        return
    if sealing.ordered_by_id is None or sealing.authorisation_kind == STANDING:
        return  # a notice: its matter went on when it was issued, nothing waited for its seal
    at = sealing.use.applied_at
    by = organisation.actor_for_person(sealing.ordered_by_id, timezone.localdate(at))
    number = sealing.authorisation_id
    match sealing.authorisation_kind:
        case "decision":
            _announce(number, by=by, at=at)
        case "reissue":
            reissue = Reissue.objects.select_for_update(of=("self",)).get(pk=number)
            if reissue.done_at is None:
                finish_reissue(reissue, document, by=by, at=at)
        case "seal_request":
            request = SealRequest.objects.select_for_update(of=("self",)).get(pk=number)
            if request.state == State.APPROVED:
                _finish(request, document, by=by, at=at, factor="")


def _announce(decision_id: int, *, by: Actor, at: datetime) -> None:
    along = ("document", "item__item", "item__application__case", "item__application__package")
    decision = Decision.objects.select_related(*along).get(pk=decision_id)
    if Delivery.objects.filter(document_id=decision.document_id).exists():
        return
    runs = ItemRun.objects.select_related("application__case", "conditional")
    run = runs.filter(item=decision.item).first()
    if run is None:
        announce_result(decision.item.application, decision, at=at)
    else:
        announce_item(run, decision, by=by, at=at)


def _finish(request: SealRequest, document: IssuedDocument, *, by: Actor, at: datetime, factor: str) -> None:
    """The seal is on the paper: note it, and go on with what waited for it."""
    request.state, request.sealed_by_id, request.sealed_at = State.SEALED, by.party_id, at
    request.document = document
    request.save(update_fields=("state", "sealed_by", "sealed_at"))
    _record(request, "seal_use.sealed", by=by, at=at, factor=factor, digest=document.sha256)
    if request.replacement is not None:
        finish_replacement(request.replacement, document, by=by, at=at)
    if request.reissue is not None:
        raiser = organisation.actor_for_person(request.raised_by_id, timezone.localdate(at))
        finish_reissue(request.reissue, document, by=raiser, at=at)


def _lock(task: Task, state: str) -> SealRequest:
    rows = SealRequest.objects.select_for_update(of=("self",))
    along = ("application__case", "document", "replacement", "reissue", "case")
    request = rows.select_related(*along).get(case_id=task.case_id)
    if request.state != state:
        raise RequestOver
    return request


def _record(request: SealRequest, action: str, *, by: Actor, at: datetime, **facts: Any) -> None:
    told = {"request": request.pk, "document": request.document.number_text, **facts}
    enterprise = request.application.enterprise_id
    audit.record(request.case, action=action, by=by, at=at, for_=enterprise, facts=told)


@transaction.atomic
def send_to_seal(
    *, replacement: Replacement, correction: str, version: int, by: Actor, at: datetime
) -> SealRequest:
    """Find a replacement right: typeset the new document and raise the request for its seal.

    A department's own document bears that department's seal, and its head decides on it.
    Errors: those of prepare_replacement, SealNotKept.
    """
    document = prepare_replacement(
        replacement=replacement, correction=correction, version=version, by=by, at=at
    )
    reissue = replacement.reissue
    return ask_for_seal(
        document=document,
        application=replacement.application,
        seal_code=seal_in_use(reissue.unit_id) if reissue else SEAL_CODE,
        purpose=f"{dict(Replacement.Ground.choices)[replacement.ground]}：{document.title}",
        approver=_approver(reissue, by=by, at=at) if reissue else "role:signer",
        by=by,
        at=at,
        replacement=replacement,
    )
