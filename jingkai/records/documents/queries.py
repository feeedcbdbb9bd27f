"""Reads of documents: for their owners, and for anyone who holds a code or a copy."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from jingkai.kernel.permissions.api import Actor, may
from jingkai.records.documents.data import END_CLASSES, DocumentLine, PublicFact, PublicView, Standing
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.documents.rules import SEE, mask_name, spaced_code
from jingkai.records.files import api as files

State = IssuedDocument.State
_PUBLIC = (State.VALID, State.REVOKED, State.REPLACED)


def get_document(uuid: UUID) -> IssuedDocument | None:
    """Find a document by the key of its page."""
    return IssuedDocument.objects.select_related("file").filter(uuid=uuid).first()


def list_documents(owner: tuple[str, int], *, issued_only: bool = False) -> list[DocumentLine]:
    """List the documents of an owner, oldest first (one query)."""
    found = IssuedDocument.objects.filter(owner_kind=owner[0], owner_id=owner[1]).select_related("file")
    if issued_only:
        found = found.filter(state__in=_PUBLIC)
    return [line_of(document) for document in found.order_by("pk")]


def line_of(document: IssuedDocument) -> DocumentLine:
    """Give a document as a page of its owner shows it."""
    return DocumentLine(
        id=document.pk,
        uuid=str(document.uuid),
        kind=document.kind,
        kind_name=document.kind_name,
        kind_name_en=document.kind_name_en,
        number=document.number_text,
        title=document.title,
        state=document.state,
        url=reverse("documents:file", args=[document.uuid]),
        public_url=reverse("documents:public", args=[spaced_code(document.verification_code)]),
        size=document.file.size,
        issued_at=document.issued_at,
        prepared_at=document.prepared_at,
        sealed=document.seal_use_id is not None,
    )


def list_register(
    *, text: str = "", state: str = "", before_id: int | None = None, limit: int = 50
) -> list[IssuedDocument]:
    """List the register, newest first, a page at a time (`before_id` is the last id of the page before)."""
    found = IssuedDocument.objects.select_related("file", "seal_use__seal").order_by("-pk")
    if text:
        found = found.filter(
            Q(number_text__icontains=text) | Q(title__icontains=text) | Q(addressee_name__icontains=text)
        )
    if state:
        found = found.filter(state=state)
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(found[:limit])


def may_read_document(actor: Actor, document: IssuedDocument) -> bool:
    """Tell who may open the file: readers of the owner, the addressee once issued, the register."""
    if may(actor, SEE) or files.may_read(actor, owner=document.owner_kind, owner_id=document.owner_id):
        return True
    parties = {actor.party_id, *actor.enterprise_ids} - {None}
    return document.state in _PUBLIC and document.addressee_id in parties


def find_public(code: str) -> PublicView | None:
    """Give what anyone with the code may read; None for an unknown code and for what was never issued."""
    document = (
        IssuedDocument.objects.select_related("file", "seal_use__seal", "replaced_by")
        .filter(verification_code=code, state__in=_PUBLIC)
        .first()
    )
    return _public_view(document) if document else None


def find_code(number: str, code: str) -> bool:
    """Tell whether number and code belong together."""
    return IssuedDocument.objects.filter(
        verification_code=code, number_text=number.strip(), state__in=_PUBLIC
    ).exists()


def find_by_digest(sha256: str) -> IssuedDocument | None:
    """Find the issued document with exactly these bytes."""
    return IssuedDocument.objects.filter(sha256=sha256).exclude(state=State.PREPARED).first()


def find_draft_by_digest(sha256: str) -> IssuedDocument | None:
    """Find the document whose unsealed draft has exactly these bytes."""
    return IssuedDocument.objects.filter(prepared_file__sha256=sha256).exclude(sha256=sha256).first()


def standing_of(document: IssuedDocument) -> Standing:
    """Tell what a document is worth now: its state, unless our own copy is not what was issued."""
    try:
        content = files.read_stored(document.file)
    except files.FileUnreadable:
        return "missing"
    digests = (hashlib.sha256(content).hexdigest(), hashlib.new("sm3", content).hexdigest())
    sealed_as = document.seal_use.sealed_sha256 if document.seal_use else document.sha256
    if digests != (document.sha256, document.sm3) or sealed_as != document.sha256:
        return "altered"
    if document.state == State.REVOKED:
        return "revoked"
    return "replaced" if document.state == State.REPLACED else "valid"


def _public_view(document: IssuedDocument) -> PublicView:
    seal = document.seal_use.seal if document.seal_use else None
    replacement = document.replaced_by
    return PublicView(
        code=document.verification_code,
        standing=standing_of(document),
        kind=document.kind_name,
        kind_en=document.kind_name_en,
        number=document.number_text,
        title=document.title,
        organ=document.organ_name,
        addressee=mask_name(document.addressee_name),
        issued_at=document.issued_at,
        seal=seal.name if seal else "",
        seal_demo=bool(seal and seal.demo),
        ended_at=document.ended_at,
        end_class=document.end_class if document.end_class in END_CLASSES else "",
        replaced_by=replacement.number_text if replacement else "",
        replaced_by_code=spaced_code(replacement.verification_code) if replacement else "",
        sha256=document.sha256,
        sm3=document.sm3,
        facts=tuple(PublicFact(**fact) for fact in document.public_facts),
    )
