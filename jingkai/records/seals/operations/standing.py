"""Standing authorisations: a leader lets a seal go on all papers of some kinds, and takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.api import Actor, MissingRight, may
from jingkai.records.seals.models import Seal, StandingAuthorisation
from jingkai.records.seals.operations.apply import SealNotInUse
from jingkai.records.seals.rules import AUTHORISE, standing_papers


class StandingIncomplete(PersonFacingError):
    """A standing authorisation names its papers, its basis, and days in order."""

    sentence = _("Say which papers, on what basis, and from when to when.")
    status = 422


class StandingEnded(PersonFacingError):
    """It was ended before."""

    sentence = _("This standing authorisation has already ended.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDraft:
    """What is to be authorised: the seal, the kinds of papers, who may cause the use, the basis, the days."""

    seal_code: str
    papers: tuple[str, ...]
    users_id: int
    basis: str
    starts_on: date
    ends_on: date | None = None


@transaction.atomic
def give_standing(*, draft: StandingDraft, by: Actor, at: datetime) -> StandingAuthorisation:
    """Authorise the standing use of a seal; whoever decides it can't cause the use themselves.

    Errors: MissingRight, SealNotInUse, StandingIncomplete.
    """
    if not may(by, AUTHORISE) or by.party_id is None:
        raise MissingRight(right=AUTHORISE)
    seal = Seal.objects.select_for_update().filter(code=draft.seal_code).first()
    if seal is None or seal.state != Seal.State.ACTIVE:
        raise SealNotInUse(seal=seal.name if seal else draft.seal_code)
    known = {paper.code for paper in standing_papers.all()}
    ordered = draft.ends_on is None or draft.ends_on >= draft.starts_on
    if not draft.papers or not set(draft.papers) <= known or not draft.basis.strip() or not ordered:
        raise StandingIncomplete
    made = StandingAuthorisation.objects.create(
        seal=seal,
        papers=sorted(draft.papers),
        users_id=draft.users_id,
        basis=draft.basis.strip()[:200],
        approved_by_id=by.party_id,
        approved_at=at,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
    )
    facts = {"standing": made.pk, "papers": made.papers, "users": made.users_id, "basis": made.basis}
    audit.record(seal, action="seal.standing_given", by=by, at=at, facts=facts)
    return made


@transaction.atomic
def end_standing(
    *, standing: StandingAuthorisation, reason: str, version: int, by: Actor, at: datetime
) -> StandingAuthorisation:
    """Take a standing authorisation back; papers are issued without this seal from this moment.

    Errors: MissingRight, StandingEnded, StandingIncomplete.
    """
    if not may(by, AUTHORISE) or by.party_id is None:
        raise MissingRight(right=AUTHORISE)
    rows = StandingAuthorisation.objects.select_for_update(of=("self",)).select_related("seal")
    found = rows.get(pk=standing.pk)
    check_version(row_version=found.version, form_version=version)
    if found.ended_at is not None:
        raise StandingEnded
    if not reason.strip():
        raise StandingIncomplete
    found.ended_at, found.ended_by_id, found.end_reason = at, by.party_id, reason.strip()[:200]
    found.version += 1
    found.save()
    facts = {"standing": found.pk, "reason": found.end_reason}
    audit.record(found.seal, action="seal.standing_ended", by=by, at=at, facts=facts)
    return found
