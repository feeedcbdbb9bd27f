"""The construction permit as it comes from the province: asked, answered, failed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingkai.kernel.audit import api as audit
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.modules.approvals.data import PermitAnswer
from jingkai.modules.approvals.models import Application, ConstructionPermit
from jingkai.modules.approvals.operations.drafts import OWNER
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.modules.licences import api as licences
from jingkai.modules.licences.data import EntryDraft
from jingkai.records.files import api as files

CONSTRUCTION_PERMIT = "建筑工程施工许可证"
"""The name of its type in the enterprise's library."""


@transaction.atomic
def ask_for_permit(*, application: Application, at: datetime) -> ConstructionPermit:
    """Note that the permit was asked for; a second call finds the first."""
    permit, _created = ConstructionPermit.objects.get_or_create(
        application=application, defaults={"asked_at": at}
    )
    return permit


@transaction.atomic
def record_permit(*, permit: ConstructionPermit, answer: PermitAnswer, at: datetime) -> None:
    """Keep the permit's number and file and tell the enterprise; a repeated answer changes nothing."""
    locked = (
        ConstructionPermit.objects.select_for_update(of=("self",))
        .select_related("application__case", "application__enterprise", "application__package")
        .get(pk=permit.pk)
    )
    if locked.state == ConstructionPermit.State.ISSUED:
        return
    application = locked.application
    locked.attachment = files.attach(
        upload=files.receive_bytes(answer.file, name=answer.file_name, kinds=("pdf",)),
        owner=(OWNER, application.pk),
        slot="construction-permit",
        by=SYSTEM,
        at=at,
        for_=application.enterprise_id,
    )
    locked.state, locked.number, locked.issuer = ConstructionPermit.State.ISSUED, answer.number, answer.issuer
    locked.issued_on, locked.answered_at, locked.problem = answer.issued_on, at, ""
    locked.attempts += 1
    locked.save()
    licences.enter_from_province(
        enterprise_id=application.enterprise_id,
        type_name=CONSTRUCTION_PERMIT,
        draft=EntryDraft(CONSTRUCTION_PERMIT, answer.number, answer.issuer, answer.issued_on),
        content=answer.file,
        file_name=answer.file_name,
        at=at,
    )
    if application.case is not None:
        audit.record(
            application.case,
            action="permit.received",
            by=SYSTEM,
            at=at,
            for_=application.enterprise_id,
            facts={"number": answer.number, "attachment": locked.attachment.pk},
        )
    tell_enterprise(application, kind="permit_received", at=at, number=answer.number)


@transaction.atomic
def note_permit_by_hand(*, permit: ConstructionPermit, number: str, by: Actor, at: datetime) -> bool:
    """Note the number of a permit that a person looked up on the licence system's own page.

    Its file is not there; the province's answer, should it still come, changes nothing any more. False when
    that answer was quicker.
    """
    rows = ConstructionPermit.objects.select_for_update(of=("self",))
    locked = rows.select_related("application__case", "application__enterprise").get(pk=permit.pk)
    if locked.state == ConstructionPermit.State.ISSUED:
        return False
    locked.state, locked.number, locked.answered_at = ConstructionPermit.State.ISSUED, number[:60], at
    locked.problem = ""
    locked.save(update_fields=("state", "number", "answered_at", "problem"))
    application = locked.application
    if application.case is not None:
        facts = {"number": locked.number, "by_hand": True}
        audit.record(
            application.case,
            action="permit.received",
            by=by,
            at=at,
            for_=application.enterprise_id,
            facts=facts,
        )
    tell_enterprise(application, kind="permit_received", at=at, number=locked.number)
    return True


@transaction.atomic
def record_permit_problem(*, permit: ConstructionPermit, problem: str) -> None:
    """Keep what went wrong, so that the officer and the system administrator see it."""
    locked = ConstructionPermit.objects.select_for_update(of=("self",)).get(pk=permit.pk)
    if locked.state != ConstructionPermit.State.ISSUED:
        locked.state = ConstructionPermit.State.FAILED
        locked.attempts += 1
        locked.problem = problem[:500]
        locked.save(update_fields=("state", "attempts", "problem"))
