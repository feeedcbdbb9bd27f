"""Ending documents: revoked, replaced, or abandoned before they were issued."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Actor
from jingkai.records.documents.data import END_CLASSES
from jingkai.records.documents.events import DocumentRevoked
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.numbering import api as numbering


class CannotEnd(PersonFacingError):
    """The document is not valid (any more), or no proper reason was given."""

    sentence = _("The document %(number)s cannot be revoked or replaced.")
    advice = _("It may have ended already. Reload the page; a class and a reason are needed.")


@transaction.atomic
def revoke_document(
    *, document_id: int, end_class: str, reason: str, by: Actor, at: datetime
) -> IssuedDocument:
    """Revoke a valid document: from now on its public page says so, with the class of the reason."""
    document = _lock_valid(document_id, end_class, reason)
    _end(document, IssuedDocument.State.REVOKED, end_class, reason, by=by, at=at)
    return document


@transaction.atomic
def replace_document(
    *,
    document_id: int,
    replacement_id: int,
    reason: str,
    by: Actor,
    at: datetime,
    end_class: str = "corrected",
) -> IssuedDocument:
    """Let a valid document be replaced by another valid one: corrected, lost, damaged or changed."""
    document = _lock_valid(document_id, end_class, reason)
    replacement = IssuedDocument.objects.get(pk=replacement_id)
    if replacement.pk == document.pk or replacement.state != IssuedDocument.State.VALID:
        raise CannotEnd(number=document.number_text)
    document.replaced_by = replacement
    _end(document, IssuedDocument.State.REPLACED, end_class, reason, by=by, at=at)
    return document


@transaction.atomic
def abandon_document(*, document_id: int, reason: str, by: Actor, at: datetime) -> IssuedDocument:
    """Give up a document that was never issued; its number becomes void and stays in the ledger."""
    document = IssuedDocument.objects.select_for_update().get(pk=document_id)
    if document.state != IssuedDocument.State.PREPARED or not reason.strip():
        raise CannotEnd(number=document.number_text)
    numbering.void_number(number_id=document.number_id, reason=reason, by=by, at=at)
    _write_end(document, IssuedDocument.State.VOID, "mistake", reason, by=by, at=at)
    audit.record(document, action="document.abandoned", by=by, at=at, facts={"number": document.number_text})
    return document


def _lock_valid(document_id: int, end_class: str, reason: str) -> IssuedDocument:
    document = IssuedDocument.objects.select_for_update().get(pk=document_id)
    if document.state != IssuedDocument.State.VALID or end_class not in END_CLASSES or not reason.strip():
        raise CannotEnd(number=document.number_text)
    return document


def _end(
    document: IssuedDocument, state: str, end_class: str, reason: str, *, by: Actor, at: datetime
) -> None:
    _write_end(document, state, end_class, reason, by=by, at=at)
    facts = {
        "number": document.number_text,
        "class": end_class,
        "reason": document.end_reason,
        "replaced_by": document.replaced_by_id,
    }
    audit.record(document, action=f"document.{state}", by=by, at=at, facts=facts)
    events.publish(
        DocumentRevoked(
            document.pk, document.kind, document.owner_kind, document.owner_id, document.replaced_by_id
        )
    )


def _write_end(
    document: IssuedDocument, state: str, end_class: str, reason: str, *, by: Actor, at: datetime
) -> None:
    document.state = state
    document.end_class, document.end_reason = end_class, reason.strip()[:500]
    document.ended_at, document.ended_by_id = at, by.party_id
    document.version += 1
    document.save()
