"""Who may read and add the files of applications and blank forms."""

from __future__ import annotations

from uuid import UUID

from jingkai.casework.cases import api as cases
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.models import Application, Decision
from jingkai.records.files import api as files
from jingkai.records.files.data import OwnerKind
from jingkai.records.seals import api as seals
from jingkai.records.seals.data import Authorisation, AuthorisationKind

PERMIT_SLOT = "construction-permit"


def may_read_application_files(actor: Actor, application_id: int) -> bool:
    """The enterprise reads its own files; officers, who hold a post, those of cases that they may see."""
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        return False
    if rules.may_read_application(actor, application):
        return True
    if application.case_id is None or not actor.post_ids:
        return False
    return cases.may_see(application.case_id, grantees=actor.grantees)


def may_add_application_files(actor: Actor, application_id: int, slot: str) -> bool:
    """The enterprise adds materials while it may edit; the permit comes from the system alone."""
    application = Application.objects.filter(pk=application_id).first()
    return application is not None and slot != PERMIT_SLOT and rules.may_edit_application(actor, application)


def find_application(uuid: UUID) -> int | None:
    """The number behind an application's address."""
    return Application.objects.filter(uuid=uuid).values_list("pk", flat=True).first()


def signed_decision(number: int) -> Authorisation | None:
    """A signed decision authorises the seal of the zone's own results, once."""
    decision = Decision.objects.select_related("item__item").filter(pk=number).first()
    if decision is None:
        return None
    return Authorisation(
        kind="decision",
        id=decision.pk,
        title=decision.item.item.result_name,
        approved_by=decision.signed_by_id,
        approved_at=decision.signed_at,
        seal_code="2",
    )


def register() -> None:
    """Make the owners and the authorisation known; called once while the product starts."""
    files.register_owner(
        OwnerKind(
            code="application",
            may_read=may_read_application_files,
            may_write=may_add_application_files,
            resolve=find_application,
        )
    )
    files.register_owner(OwnerKind(code="material", may_read=lambda _actor, _owner: True))
    seals.register_authorisation(AuthorisationKind(code="decision", load=signed_decision))
