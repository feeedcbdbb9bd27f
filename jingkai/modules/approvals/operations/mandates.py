"""Mandates (委托代办书): given, accepted, ended; and the draft that an agent opens for the enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases import api as cases
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices import api as notices
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.events import MandateEnded, MandateGiven
from jingkai.modules.approvals.models import Application, Mandate, MandateAct, Package
from jingkai.modules.approvals.operations.drafts import NotYours, create_draft
from jingkai.modules.approvals.operations.item_papers import issue_mandate
from jingkai.records.documents import api as documents

LONGEST = 3 * 366
"""A mandate for one project lasts three years at most; then it is given anew."""


class NoAgent(PersonFacingError):
    """The person named is no agent of the zone."""

    sentence = _("This person is not an agent of the zone.")
    advice = _("Choose one of the agents in the list.")
    status = 422


class MandateFaulty(PersonFacingError):
    """A mandate says for which project, for what and from when to when."""

    sentence = _(
        "Write the project, choose at least one act, and days that are in order (three years at most)."
    )
    status = 422


class MandateNotOpen(PersonFacingError):
    """The mandate was answered or ended before."""

    sentence = _("This mandate was already answered or ended.")


class NotMandated(PersonFacingError):
    """The agent has no mandate for this, or not any more."""

    sentence = _("Your mandate from this enterprise does not cover this act.")
    advice = _("Ask the enterprise to do it, or to give you a wider mandate.")
    status = 403


@dataclass(frozen=True)
class MandateDraft:
    """What the enterprise says: whom it lets do what, for which project, from when to when."""

    enterprise_id: int
    agent_id: int
    project_name: str
    acts: Sequence[str]
    starts_on: date
    ends_on: date


@transaction.atomic
def give_mandate(*, draft: MandateDraft, by: Actor, at: datetime) -> Mandate:
    """Offer an agent of the zone a mandate; it counts once the agent has accepted it.

    民法典 165: a written mandate names the agent, the matter, the powers and the period.
    Errors: NotYours, NoAgent, MandateFaulty.
    """
    if draft.enterprise_id not in by.enterprise_ids:
        raise NotYours
    acts = [act for act in MandateAct.values if act in draft.acts]
    days = (draft.ends_on - draft.starts_on).days
    if not acts or not draft.project_name.strip() or not 0 <= days <= LONGEST:
        raise MandateFaulty
    today = timezone.localdate(at)
    if draft.agent_id not in list_agents(on=today):
        raise NoAgent
    mandate = Mandate.objects.create(
        enterprise_id=draft.enterprise_id,
        agent_id=draft.agent_id,
        project_name=draft.project_name.strip()[:120],
        acts=acts,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        given_by_id=rules.person_of(by),
        given_at=at,
    )
    _record(mandate, "mandate.offered", by=by, at=at, facts={"agent": draft.agent_id, "acts": acts})
    _tell(mandate, [mandate.agent_id], "mandate_offered", "approvals:agent_mandate", at=at)
    return mandate


def list_agents(*, on: date) -> list[int]:
    """The people who may be given mandates today."""
    return organisation.people_with(rules.ACT_AS_AGENT, on)


@transaction.atomic
def accept_mandate(*, mandate: Mandate, by: Actor, at: datetime) -> Mandate:
    """Accept: the mandate is typeset and counts from now on. Errors: NotYours, MandateNotOpen."""
    locked = _lock(mandate)
    if locked.agent_id != by.party_id:
        raise NotYours
    if locked.state != Mandate.State.OFFERED or timezone.localdate(at) > locked.ends_on:
        raise MandateNotOpen
    locked.state, locked.answered_at = Mandate.State.ACTIVE, at
    locked.document = issue_mandate(locked, by=by, at=at)
    locked.save(update_fields=("state", "answered_at", "document"))
    _record(locked, "mandate.accepted", by=by, at=at, facts={"document": locked.document.number_text})
    events.publish(MandateGiven(mandate_id=locked.pk))
    _tell(locked, [locked.given_by_id], "mandate_accepted", "approvals:mandate", at=at)
    return locked


@transaction.atomic
def decline_mandate(*, mandate: Mandate, reason: str, by: Actor, at: datetime) -> Mandate:
    """Decline, with the reason told to the enterprise."""
    locked = _lock(mandate)
    if locked.agent_id != by.party_id:
        raise NotYours
    if locked.state != Mandate.State.OFFERED:
        raise MandateNotOpen
    locked.state, locked.answered_at, locked.end_reason = Mandate.State.DECLINED, at, reason.strip()
    locked.save(update_fields=("state", "answered_at", "end_reason"))
    _record(locked, "mandate.declined", by=by, at=at, facts={})
    _tell(locked, [locked.given_by_id], "mandate_declined", "approvals:mandate", at=at)
    return locked


@transaction.atomic
def end_mandate(*, mandate: Mandate, reason: str, by: Actor, at: datetime) -> Mandate:
    """End a mandate from either side, at any time (民法典 173); the agent's rights end with it at once."""
    locked = _lock(mandate)
    if locked.enterprise_id not in by.enterprise_ids and locked.agent_id != by.party_id:
        raise NotYours
    if locked.state not in (Mandate.State.OFFERED, Mandate.State.ACTIVE):
        raise MandateNotOpen
    counted = locked.state == Mandate.State.ACTIVE
    locked.state, locked.ended_at, locked.end_reason = Mandate.State.ENDED, at, reason.strip()
    locked.ended_by_id = by.party_id
    locked.save(update_fields=("state", "ended_at", "end_reason", "ended_by"))
    if locked.document_id:
        documents.revoke_document(
            document_id=locked.document_id,
            end_class="mandate_ended",
            reason=locked.end_reason or "委托终止",
            by=by,
            at=at,
        )
    _record(locked, "mandate.ended", by=by, at=at, facts={"reason": locked.end_reason})
    if counted:
        events.publish(MandateEnded(mandate_id=locked.pk))
    _tell(locked, [locked.agent_id], "mandate_ended", "approvals:agent_mandate", at=at)
    return locked


@transaction.atomic
def open_for_enterprise(
    *, mandate: Mandate, package: Package, facts: dict[str, Any], by: Actor, at: datetime
) -> Application:
    """Open a draft under a mandate: the enterprise applies, its agent fills in. Errors: NotMandated."""
    locked = _lock(mandate)
    acting = act_under(locked, act=MandateAct.DRAFT, by=by, on=timezone.localdate(at))
    application = create_draft(
        package=package, enterprise_id=locked.enterprise_id, facts=facts, by=acting, at=at
    )
    application.handler_id = locked.given_by_id
    application.save(update_fields=("handler",))
    locked.matters.add(application)
    return application


def act_under(mandate: Mandate, *, act: str, by: Actor, on: date) -> Actor:
    """The agent as they may act for the enterprise today, and no further. Errors: NotMandated."""
    if mandate.agent_id != by.party_id or not rules.is_mandated(mandate, on=on, act=act):
        raise NotMandated
    known = {field.name: getattr(by, field.name) for field in fields(Actor)}  # a page's actor is a lazy one
    own = {"enterprise_ids": (mandate.enterprise_id,), "permissions": by.permissions | {rules.APPLY}}
    return Actor(**{**known, **own})


def share_with_agents(application: Application, *, by: Actor, at: datetime) -> list[int]:
    """Let the agents of a matter see its case, and give them."""
    found = queries.active_agents(application)
    if application.case is not None and found:
        cases.grant_access(case=application.case, grantees=found, by=by, at=at, reason="委托代办")
    return found


def _lock(mandate: Mandate) -> Mandate:
    rows = Mandate.objects.select_for_update(of=("self",))
    return rows.select_related("enterprise", "agent", "given_by").get(pk=mandate.pk)


def _record(mandate: Mandate, action: str, *, by: Actor, at: datetime, facts: dict[str, Any]) -> None:
    audit.record(
        ("mandate", mandate.pk), action=action, by=by, at=at, for_=mandate.enterprise_id, facts=facts
    )


def _tell(mandate: Mandate, to: list[int], kind: str, page: str, *, at: datetime) -> None:
    found = Mandate.objects.select_related("enterprise", "agent").get(pk=mandate.pk)
    facts = {
        "project": found.project_name,
        "enterprise": found.enterprise.name,
        "agent": found.agent.name,
        "reason": found.end_reason or "—",
    }
    notices.notify(to=to, kind=kind, at=at, facts=facts, url=reverse(page, args=[found.uuid]), case_ref="")
