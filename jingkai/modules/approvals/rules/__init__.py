"""Who may do what in the service hall, and the legal conditions of its acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jingkai.casework.cases import api as cases
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import declare
from jingkai.kernel.permissions.data import Actor, Permission
from jingkai.modules.approvals.models import (
    Application,
    ConditionRun,
    Decision,
    Delivery,
    Mandate,
    Power,
    Reissue,
    SealRequest,
)
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.seals.data import Authorisation

APPLY = "approvals.apply"
SEE_CATALOGUE = "approvals.see_catalogue"
EDIT_CATALOGUE = "approvals.edit_catalogue"
PUBLISH_CATALOGUE = "approvals.publish_catalogue"
CONFIRM_CATALOGUE = "approvals.confirm_catalogue"
MANAGE_POWERS = "approvals.manage_powers"
ACCEPT = "approvals.accept"
REVIEW = "approvals.review"
SIGN = "approvals.sign"
SEAL = "approvals.seal"
REVOKE = "approvals.revoke"
MANAGE_PACKAGES = "approvals.manage_packages"
REISSUE = "approvals.reissue"
ACT_AS_AGENT = "approvals.act_as_agent"
DELIVER = "approvals.deliver"
SEE_SEAL_USE = "approvals.see_seal_use"

declare(
    Permission(APPLY, "提交办事申请", "Apply for services", "approvals"),
    Permission(SEE_CATALOGUE, "查看事项目录和赋权清单", "See catalogue and powers", "approvals"),
    Permission(EDIT_CATALOGUE, "编辑事项目录", "Edit the catalogue", "approvals"),
    Permission(PUBLISH_CATALOGUE, "审核发布事项", "Review and publish items", "approvals"),
    Permission(CONFIRM_CATALOGUE, "核实事项的法律表述", "Confirm legal statements of items", "approvals"),
    Permission(MANAGE_POWERS, "管理赋权清单", "Manage the register of powers", "approvals"),
    Permission(ACCEPT, "受理申请", "Accept applications", "approvals"),
    Permission(REVIEW, "审查申请", "Review applications", "approvals"),
    Permission(SIGN, "签发决定", "Sign decisions", "approvals"),
    Permission(SEAL, "用印", "Apply the seal", "approvals"),
    Permission(REVOKE, "撤销审批结果", "Revoke results", "approvals"),
    Permission(MANAGE_PACKAGES, "编排一件事的事项先后", "Arrange the items of packages", "approvals"),
    Permission(REISSUE, "见文换文", "Reissue on the zone's document", "approvals"),
    Permission(SEE_SEAL_USE, "查看用印审批单", "See requests to use a seal", "approvals"),
    Permission(DELIVER, "送达审批结果", "Deliver results", "approvals"),
    Permission(ACT_AS_AGENT, "受企业委托代办", "Act as an enterprise's agent", "approvals"),
)


VERSION_STATES = {
    "draft": _("Draft"),
    "reviewed": _("Reviewed"),
    "published": _("Published"),
    "discarded": _("Given up"),
}
ITEM_STATES = {
    "draft": _("Not yet published"),
    "published": _("Published"),
    "withdrawn": pgettext_lazy("state of an item", "Withdrawn"),
}


def version_state(state: str) -> str:
    """The state of an item's version in words."""
    return str(VERSION_STATES.get(state, state))


class NoValidPower(PersonFacingError):
    """The zone holds no power in force for the item on that day: 行政许可法 24, 25 need one."""

    sentence = _("There is no valid power for this item today, so the zone may not decide it.")
    advice = _("Ask the administrator to check the register of powers; the matter stays where it is.")


class ActsWithoutPerson(PersonFacingError):
    """An act of this kind needs a named person."""

    sentence = _("This act must be done by a person under their own name.")
    status = 403


class LimitedPower(Protocol):
    """What `is_in_force` needs to know of a power."""

    state: str
    starts_on: date
    ends_on: date


def is_in_force(power: LimitedPower, *, on: date) -> bool:
    """True where the power may be used on that day: active and inside its validity, both ends included."""
    return power.state == Power.State.ACTIVE and power.starts_on <= on <= power.ends_on


def power_in_force(powers: Iterable[Power], *, on: date) -> Power:
    """Return the power under which the zone decides on that day.

    行政许可法 24 and 25: without an entrustment or concentration in force there is no competence.
    Errors: NoValidPower.
    """
    for power in powers:
        if is_in_force(power, on=on):
            return power
    raise NoValidPower


def power_still_of_organ(signed: Power, powers: Iterable[Power], *, on: date) -> Power:
    """The power in force on a day in the name of the organ for which a decision was signed.

    A renewed power of the same organ carries the signed decision; that of another organ does not.
    Errors: NoValidPower.
    """
    same = [power for power in powers if (power.organ, power.basis) == (signed.organ, signed.basis)]
    return power_in_force(same, on=on)


def person_of(actor: Actor) -> int:
    """The party of the acting person; the product itself signs, asks and seals nothing."""
    if actor.party_id is None:
        raise ActsWithoutPerson
    return actor.party_id


def may_read_application(actor: Actor, application: Application) -> bool:
    """True for those who act for the enterprise today; staff read the case through casework.

    Who no longer represents it, its former handler too, is a stranger. A handler whom the enterprise lets see
    own matters only reads those that are theirs.
    """
    return enterprises.may_see_of(
        actor, enterprise_id=application.enterprise_id, handler_id=application.handler_id
    )


def may_edit_application(actor: Actor, application: Application) -> bool:
    """True where the enterprise may change facts and materials: in a draft, or while correcting."""
    return may_read_application(actor, application) and application.state in (
        Application.State.DRAFT,
        Application.State.CORRECTING,
    )


OPEN_FACTS = (
    "project_code",
    "construction_kind",
    "special_class",
    "building_area",
    "building_height",
    "floors_above",
    "floors_below",
    "structure",
    "shelter_area",
    "investment",
    "start_on",
)
"""Facts that go into the trail as they are; all others may name a person or a place and go in as marks."""


def changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs between two states of the facts: by field, the value before and after."""
    return {
        name: [_in_trail(name, before.get(name)), _in_trail(name, after.get(name))]
        for name in sorted({*before, *after})
        if before.get(name, "") != after.get(name, "")
    }


def _in_trail(name: str, value: Any) -> Any:
    return value if name in OPEN_FACTS else audit.mark(str(value or ""))


PERMIT_SLOT = "construction-permit"


def may_read_application_files(actor: Actor, application_id: int) -> bool:
    """The enterprise reads its own files; officers, who hold a post, those of cases that they may see.

    Who decides on a seal sees what it is put on.
    """
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        return False
    if may_read_application(actor, application):
        return True
    if application.case_id is None or not actor.post_ids:
        return False
    asked = SealRequest.objects.filter(application=application).values_list("case_id", flat=True)
    return any(cases.may_see(number, grantees=actor.grantees) for number in (application.case_id, *asked))


def may_add_application_files(actor: Actor, application_id: int, slot: str) -> bool:
    """The enterprise adds materials while it may edit; the permit comes from the system alone.

    What a package asks for later is added while its items wait for it, a condition's document by the
    window too.
    """
    application = Application.objects.filter(pk=application_id).first()
    if application is None or slot == PERMIT_SLOT:
        return False
    return may_edit_application(actor, application) or _may_add_later(actor, application, slot)


def _may_add_later(actor: Actor, application: Application, slot: str) -> bool:
    """What may be handed in while the departments work: late materials, documents of open conditions."""
    if application.state != Application.State.ACCEPTED:
        return False
    if may_read_application(actor, application):
        return slot in later_slots(application)
    awaited = _awaited(application).values_list("condition__material__code", flat=True)
    return ACCEPT in actor.permissions and slot in awaited


def later_slots(application: Application) -> set[str]:
    """The codes of materials that may be handed in after the acceptance."""
    late = application.package.materials.filter(late__isnull=False).values_list("code", flat=True)
    return {*late, *_awaited(application).values_list("condition__material__code", flat=True)}


def _awaited(application: Application) -> QuerySet[ConditionRun]:
    return application.conditions.filter(state__in=(ConditionRun.State.WAITING, ConditionRun.State.ARRIVED))


def find_application(uuid: UUID) -> int | None:
    """The number behind an application's address."""
    return Application.objects.filter(uuid=uuid).values_list("pk", flat=True).first()


def authorised_reissue(number: int) -> Authorisation | None:
    """The zone's sealed decision authorises the entrusting organ's own seal on its document, once."""
    found = Reissue.objects.select_related("run__item__decision__item__item").filter(pk=number)
    reissue = found.first()
    if reissue is None or reissue.run.item is None:
        return None
    decision = reissue.run.item.decision
    return Authorisation(
        kind="reissue",
        id=reissue.pk,
        title=decision.item.item.result_name,
        approved_by=decision.signed_by_id,
        approved_at=decision.signed_at,
    )


def find_mandate(uuid: UUID) -> int | None:
    """The number behind a mandate's address."""
    return Mandate.objects.filter(uuid=uuid).values_list("pk", flat=True).first()


def find_delivery(uuid: UUID) -> int | None:
    """The number behind a delivery's address."""
    return Delivery.objects.filter(uuid=uuid).values_list("pk", flat=True).first()


def may_read_receipt(actor: Actor, delivery_id: int) -> bool:
    """The signed receipt is read by those who deliver and by the enterprise that it went to."""
    if DELIVER in actor.permissions:
        return True
    found = Delivery.objects.select_related("application").filter(pk=delivery_id).first()
    return found is not None and may_read_application(actor, found.application)


def may_add_receipt(actor: Actor, delivery_id: int, slot: str) -> bool:
    """The signed receipt is added by those who deliver."""
    return DELIVER in actor.permissions


def may_read_mandate(actor: Actor, mandate_id: int) -> bool:
    """The enterprise that gave it, its agent, and officers who see a matter that is handled under it."""
    mandate = Mandate.objects.filter(pk=mandate_id).first()
    if mandate is None:
        return False
    if mandate.enterprise_id in actor.enterprise_ids or mandate.agent_id == actor.party_id:
        return True
    under = mandate.matters.filter(case__isnull=False).values_list("case_id", flat=True)
    return bool(actor.post_ids) and any(cases.may_see(one, grantees=actor.grantees) for one in under)


def is_mandated(mandate: Mandate, *, on: date, act: str = "") -> bool:
    """True where the agent may act today, and, where an act is named, do that (民法典 162, 173).

    A mandate counts while it is accepted and not ended, inside its period, both ends included.
    """
    counts = mandate.state == Mandate.State.ACTIVE and mandate.starts_on <= on <= mandate.ends_on
    return counts and (not act or act in mandate.acts)


def signed_decision(number: int) -> Authorisation | None:
    """A signed decision authorises the seal of the zone's own results, once."""
    decision = Decision.objects.select_related("item__item", "item__item_version").filter(pk=number).first()
    if decision is None:
        return None
    return Authorisation(
        kind="decision",
        id=decision.pk,
        title=decision.item.result_name,
        approved_by=decision.signed_by_id,
        approved_at=decision.signed_at,
        seal_code="2",
    )


def approved_seal_use(number: int) -> Authorisation | None:
    """An approved request authorises the one seal that it names, once."""
    request = SealRequest.objects.select_related("document").filter(pk=number, state="approved").first()
    if request is None or request.decided_by_id is None or request.decided_at is None:
        return None
    return Authorisation(
        kind="seal_request",
        id=request.pk,
        title=request.document.title,
        approved_by=request.decided_by_id,
        approved_at=request.decided_at,
        seal_code=request.seal_code,
    )
