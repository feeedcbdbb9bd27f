"""What becomes of a matter when a licence used in it ends, or a consent is taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.models import Case
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.operations.telling import tell_enterprise
from jingkai.modules.licences import api as licences
from jingkai.records.files import api as files
from jingkai.records.files.models import Attachment
from jingkai.ui.words import listed

OWNER = "application"
RUNNING = (Application.State.SUBMITTED, Application.State.CORRECTING, Application.State.ACCEPTED)


class MaterialEnded(PersonFacingError):
    """The zone's rule asks for a renewed licence before the decision."""

    sentence = _("Before a grant this must be renewed: %(titles)s.")
    advice = _("The applicant puts the renewed licence into the library; the matter follows it by itself.")


def refuse_ended_materials(application: Application, *, outcome: str, at: datetime) -> None:
    """Refuse to grant while a licence that the rule wants renewed has ended; a denial needs none.

    Accepted materials stay good as of acceptance, unless the rule of their type says otherwise.
    Errors: MaterialEnded.
    """
    if outcome != "granted":
        return
    flags = licences.flags_of((OWNER, application.pk), on=timezone.localdate(at))
    titles = [one.title for one in flags if one.must_renew]
    if titles:
        raise MaterialEnded(titles=listed(dict.fromkeys(titles)))


@transaction.atomic
def note_expiry(*, entry_id: int, at: datetime) -> None:
    """Note on every running matter that uses a licence that it has ended, and tell the applicant, once."""
    for number, slot in licences.owners_using(entry_id, kind=OWNER):
        rows = Application.objects.select_related("case", "package", "enterprise")
        application = rows.filter(pk=number, state__in=RUNNING).first()
        if application is None or application.case is None:
            continue
        flags = licences.flags_of((OWNER, number), on=timezone.localdate(at))
        flag = next((one for one in flags if one.slot == slot), None)
        if flag is None or _is_noted(application.case, entry_id, slot):
            continue
        audit.record(
            application.case,
            action="material.expired",
            by=SYSTEM,
            at=at,
            for_=application.enterprise_id,
            facts={"entry": entry_id, "slot": slot, "must_renew": flag.must_renew},
        )
        kind = "material_must_renew" if flag.must_renew else "material_expired"
        tell_enterprise(application, kind=kind, at=at, title=flag.title)


def _is_noted(case: Case, entry_id: int, slot: str) -> bool:
    """Whether it stands in the trail of the case already: the event may be told twice."""
    noted = audit.entries_of(case).filter(action="material.expired")
    return noted.filter(facts__entry=entry_id, facts__slot=slot).exists()


@transaction.atomic
def withdraw_use(*, consent_id: int, at: datetime) -> None:
    """Take a file out of a draft whose consent was taken back; what was handed in stays in the matter."""
    kind, number, attachment_id = licences.owner_of_consent(consent_id)
    if kind != OWNER or attachment_id is None:
        return
    draft = Application.objects.filter(pk=number, state=Application.State.DRAFT).first()
    attachment = Attachment.objects.filter(pk=attachment_id, voided_at=None).first()
    if draft is not None and attachment is not None:
        files.void_attachment(attachment=attachment, reason="授权使用已撤回", by=SYSTEM, at=at)


@transaction.atomic
def pass_on_matters(*, enterprise_id: int, from_person_id: int, to_person_id: int, at: datetime) -> int:
    """Give what the old representative of an enterprise began to the heir, drafts and running matters."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("case")
    states = (*RUNNING, Application.State.DRAFT)
    mine = rows.filter(enterprise_id=enterprise_id, handler_id=from_person_id, state__in=states)
    count = 0
    for application in mine.order_by("pk"):
        application.handler_id = to_person_id
        application.save(update_fields=("handler",))
        stream = application.case or ("application", application.pk)
        audit.record(
            stream,
            action="application.handler_changed",
            by=SYSTEM,
            at=at,
            for_=enterprise_id,
            facts={"application": application.pk, "from": from_person_id, "to": to_person_id},
        )
        count += 1
    return count
