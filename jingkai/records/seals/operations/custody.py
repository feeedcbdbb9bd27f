"""Making seals, and who holds them when."""

from __future__ import annotations

import ssl
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cryptography import x509
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Actor
from jingkai.records.seals.data import CertificateSubject
from jingkai.records.seals.models import Seal, SealCustody
from jingkai.records.seals.operations.keys import seal_keys


class SealExists(PersonFacingError):
    """A seal with this code exists."""

    sentence = _("There is already a seal with the code “%(code)s”.")
    advice = _("Choose another code, or hand over the existing seal.")


class SealChanged(PersonFacingError):
    """A handover or a change of state that makes no sense, or gives no reason."""

    sentence = _("This cannot be done with the seal “%(seal)s”.")
    advice = _("Reload the page to see its state and custodian; a basis must be given.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealDraft:
    """What a new seal is to be: its code and names, its face, and who holds it first."""

    code: str
    name: str
    ring_text: str
    custodian_id: int
    basis: str
    name_en: str = ""
    line_text: str = ""
    number_text: str = ""
    diameter_mm: float = 42
    demo: bool = False


@transaction.atomic
def make_seal(*, draft: SealDraft, by: Actor, at: datetime) -> Seal:
    """Make a seal: a key in the key store, its certificate here, its first custodian in the ledger."""
    if Seal.objects.filter(code=draft.code).exists():
        raise SealExists(code=draft.code)
    key_name = f"seal-{uuid.uuid4().hex}"
    subject = CertificateSubject(draft.name, draft.ring_text, draft.code, draft.demo)
    certificate = seal_keys().create(key_name, subject, at=at)
    seal = Seal.objects.create(
        code=draft.code,
        name=draft.name,
        name_en=draft.name_en,
        ring_text=draft.ring_text,
        line_text=draft.line_text,
        number_text=draft.number_text,
        diameter_mm=Decimal(str(draft.diameter_mm)),
        demo=draft.demo,
        key_name=key_name,
        certificate=ssl.DER_cert_to_PEM_cert(certificate),
        serial=f"{x509.load_der_x509_certificate(certificate).serial_number:x}",
        made_at=at,
    )
    SealCustody.objects.create(
        seal=seal, custodian_id=draft.custodian_id, starts_at=at, basis=draft.basis, handed_by_id=by.party_id
    )
    facts = {"code": seal.code, "serial": seal.serial, "custodian": draft.custodian_id, "demo": seal.demo}
    audit.record(seal, action="seal.made", by=by, at=at, facts=facts)
    return seal


def ensure_seal(*, draft: SealDraft, by: Actor, at: datetime) -> Seal:
    """Give the seal with this code, made if the installation lacks it; an existing one stays as it is."""
    found = Seal.objects.filter(code=draft.code).first()
    return found or make_seal(draft=draft, by=by, at=at)


@transaction.atomic
def hand_over(
    *, seal_id: int, to: int, basis: str, seen_version: int, by: Actor, at: datetime
) -> SealCustody:
    """Put a seal into another's custody; the time of the one before ends at this moment."""
    seal = Seal.objects.select_for_update().get(pk=seal_id)
    current = SealCustody.objects.filter(seal=seal, ends_at=None).first()
    if (
        seal.version != seen_version
        or not basis.strip()
        or seal.state == Seal.State.RETIRED
        or (current and current.custodian_id == to)
    ):
        raise SealChanged(seal=seal.name)
    if current:
        current.ends_at = at
        current.save(update_fields=["ends_at"])
    custody = SealCustody.objects.create(
        seal=seal, custodian_id=to, starts_at=at, basis=basis.strip()[:200], handed_by_id=by.party_id
    )
    _raise_version(seal)
    facts = {"from": current.custodian_id if current else None, "to": to}
    audit.record(seal, action="seal.handed_over", by=by, at=at, facts=facts)
    return custody


ALLOWED_CHANGES = {
    (Seal.State.ACTIVE, Seal.State.SUSPENDED),
    (Seal.State.SUSPENDED, Seal.State.ACTIVE),
    (Seal.State.ACTIVE, Seal.State.RETIRED),
    (Seal.State.SUSPENDED, Seal.State.RETIRED),
}


@transaction.atomic
def change_state(*, seal_id: int, to: str, reason: str, seen_version: int, by: Actor, at: datetime) -> None:
    """Suspend a seal, put it back into use, or retire it for good."""
    seal = Seal.objects.select_for_update().get(pk=seal_id)
    if seal.version != seen_version or not reason.strip() or (seal.state, to) not in ALLOWED_CHANGES:
        raise SealChanged(seal=seal.name)
    before, seal.state = seal.state, to
    seal.save(update_fields=["state"])
    _raise_version(seal)
    audit.record(seal, action=f"seal.{to}", by=by, at=at, facts={"before": before, "reason": reason.strip()})


def _raise_version(seal: Seal) -> None:
    seal.version += 1
    seal.save(update_fields=["version"])
