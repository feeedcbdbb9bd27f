"""Applying a seal: by its custodian only, on another person's approved decision only, once only."""

from __future__ import annotations

import hashlib
import ssl
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Actor, MissingRight, may
from jingkai.records.seals.data import STANDING, Authorisation, SealedPaper, SealFace, SealPlace
from jingkai.records.seals.models import Seal, SealCustody, SealUse, StandingAuthorisation
from jingkai.records.seals.operations.keys import seal_keys
from jingkai.records.seals.queries.standing import standing_in_force
from jingkai.records.seals.rules import APPLY, find_authorisation, holds


class NotCustodian(PersonFacingError):
    """The seal is in somebody else's custody."""

    status = 403
    sentence = _("The seal “%(seal)s” is not in your custody.")
    advice = _("Only its custodian may apply it. A handover is written down on the seal's page.")


class SealNotInUse(PersonFacingError):
    """The seal is suspended, retired, or does not exist."""

    sentence = _("The seal “%(seal)s” is not in use.")
    advice = _("Ask the person who manages the seals why, or choose another seal.")


class AuthorisationMissing(PersonFacingError):
    """There is no approved decision behind this use."""

    sentence = _("There is no approved decision that allows this seal on this paper.")
    advice = _("The responsible leader must decide first; the seal follows the decision.")


class OwnAuthorisation(PersonFacingError):
    """Whoever decided may not also apply the seal."""

    sentence = _("You made this decision yourself, so somebody else must apply the seal.")
    advice = _("A seal always needs two people. Hand the seal over, or let another person decide.")


class AuthorisationUsed(PersonFacingError):
    """The decision has already been used for a seal."""

    sentence = _("This decision was already used for the seal, as %(number)s of the ledger.")
    advice = _("One decision allows one sealing. The sealed paper is on the matter's page.")


@transaction.atomic
def apply_seal(
    *,
    pdf: bytes,
    seal_code: str,
    place: SealPlace,
    authorisation: tuple[str, int],
    purpose: str,
    by: Actor,
    at: datetime,
    subject: tuple[str, int] | None = None,
    paper_kind: str = "",
) -> SealedPaper:
    """Put a seal on a PDF and write its line into the ledger.

    Refused unless the person is the custodian, the seal is in use, and another person's approved decision
    stands behind it that was not used before; under a standing authorisation its users may do it on papers of
    its kinds. The seal's row is locked meanwhile: uses of one seal follow each other.
    """
    from jingkai.records.seals.operations.signing import sign_pdf  # large libraries, before the lock

    seal = lock_usable(seal_code, at)
    if authorisation[0] == STANDING:
        decision = check_standing(seal, authorisation[1], paper_kind, by, at)
    else:
        refuse_stranger(seal, by, at)
        decision = check_authorisation(seal, authorisation, by)
    signed = sign_pdf(
        pdf,
        keys=seal_keys(),
        key_name=seal.key_name,
        certificate=ssl.PEM_cert_to_DER_cert(seal.certificate),
        face=face_of(seal),
        place=place,
        by_name=by.name,
        reason=purpose,
        field_name=f"Seal-{decision.kind}-{decision.id}".replace(".", "-"),
        at=at,
    )
    use = write_ledger(seal, decision, purpose, subject, by=by, at=at, before=pdf, after=signed)
    facts = {
        "use": use.pk,
        "number": number_of(seal, use),
        "authorisation": [decision.kind, decision.id],
        "authorised_by": decision.approved_by,
        "content_sha256": use.content_sha256,
        "sealed_sha256": use.sealed_sha256,
    }
    audit.record(seal, action="seal.applied", by=by, at=at, facts=facts)
    return SealedPaper(signed, use.pk, number_of(seal, use))


def face_of(seal: Seal) -> SealFace:
    """Give what is seen on a seal."""
    return SealFace(seal.ring_text, seal.line_text, seal.number_text, float(seal.diameter_mm), seal.demo)


def number_of(seal: Seal, use: SealUse) -> str:
    """Write the number of a use: 2026-2-15 is the fifteenth use of seal 2 in that year."""
    return f"{use.year}-{seal.code}-{use.sequence}"


def lock_usable(code: str, at: datetime) -> Seal:
    """Give a seal that may be applied today, locked. Errors: SealNotInUse."""
    seal = Seal.objects.select_for_update().filter(code=code).first()
    if seal is None or seal.state != Seal.State.ACTIVE or at < seal.made_at:
        raise SealNotInUse(seal=seal.name if seal else code)
    return seal


def refuse_stranger(seal: Seal, by: Actor, at: datetime) -> None:
    """Let nobody but the custodian on. Errors: MissingRight, NotCustodian."""
    if not may(by, APPLY):
        raise MissingRight(right=APPLY)
    custody = SealCustody.objects.filter(seal=seal, ends_at=None).first()
    if custody is None or not holds(by, custody.custodian_id, timezone.localdate(at)):
        raise NotCustodian(seal=seal.name)


def check_authorisation(seal: Seal, authorisation: tuple[str, int], by: Actor) -> Authorisation:
    """Give the decision that allows this use: another person's, for this seal, unused."""
    kind, number = authorisation
    decision = find_authorisation(kind, number)
    if decision is None or (decision.seal_code and decision.seal_code != seal.code):
        raise AuthorisationMissing
    if decision.approved_by == by.party_id:
        raise OwnAuthorisation
    used = (
        SealUse.objects.select_related("seal")
        .filter(authorisation_kind=kind, authorisation_id=number)
        .first()
    )
    if used is not None:
        raise AuthorisationUsed(number=number_of(used.seal, used))
    return decision


def check_standing(seal: Seal, number: int, paper_kind: str, by: Actor, at: datetime) -> Authorisation:
    """Give the standing authorisation for this kind of paper, where the person is among its users.

    The product itself may act under it, as when silence has accepted an application.
    """
    in_force = standing_in_force(on=timezone.localdate(at))
    found = in_force.filter(pk=number, seal=seal, papers__contains=[paper_kind]).first()
    if found is None:
        raise AuthorisationMissing
    if by.kind != "system" and found.users_id not in by.grantees:
        raise NotCustodian(seal=seal.name)
    if found.approved_by_id == by.party_id:
        raise OwnAuthorisation
    return standing_decision(found)


def standing_decision(found: StandingAuthorisation) -> Authorisation:
    """A standing authorisation as the decision that stands behind one use."""
    return Authorisation(STANDING, found.pk, found.basis, found.approved_by_id, found.approved_at)


def write_ledger(
    seal: Seal,
    decision: Authorisation,
    purpose: str,
    subject: tuple[str, int] | None,
    *,
    by: Actor,
    at: datetime,
    before: bytes,
    after: bytes,
) -> SealUse:
    """Write the next line of the ledger of a locked seal."""
    applied_by = by.party_id
    if applied_by is None and decision.kind != STANDING:
        raise NotCustodian(seal=seal.name)
    year = timezone.localdate(at).year
    last = SealUse.objects.filter(seal=seal, year=year).aggregate(last=Max("sequence"))["last"] or 0
    return SealUse.objects.create(
        seal=seal,
        year=year,
        sequence=last + 1,
        purpose=purpose[:200],
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        authorisation_kind=decision.kind,
        authorisation_id=decision.id,
        authorisation_title=decision.title[:200],
        authorised_by_id=decision.approved_by,
        authorised_at=decision.approved_at,
        applied_by_id=applied_by,
        applied_at=at,
        certificate_serial=seal.serial,
        content_sha256=hashlib.sha256(before).hexdigest(),
        sealed_sha256=hashlib.sha256(after).hexdigest(),
    )
