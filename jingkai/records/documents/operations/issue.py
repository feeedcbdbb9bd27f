"""Issuing documents: numbered and typeset first, then sealed or released."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import SYSTEM, Actor
from jingkai.records.documents.data import Paper, SealOrder
from jingkai.records.documents.events import DocumentIssued
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.documents.rules import new_code, spaced_code
from jingkai.records.files import api as files
from jingkai.records.files.models import StoredFile
from jingkai.records.numbering import api as numbering
from jingkai.records.numbering.data import Number
from jingkai.records.seals import api as seals
from jingkai.records.seals.data import SealPlace
from jingkai.records.seals.models import OutsideSealing
from jingkai.records.typesetting import api as typesetting
from jingkai.records.typesetting.data import Letter, Typeset


class DocumentNotPrepared(PersonFacingError):
    """The document was sealed, released or abandoned already, or has no place for a seal."""

    sentence = _("The document %(number)s is not waiting for a seal.")
    advice = _("Reload the page: somebody else may have sealed it, or it needs no seal.")


class PreparedFileDamaged(PersonFacingError):
    """The prepared file is not what was written down when it was prepared."""

    status = 500
    sentence = _("The prepared paper %(number)s was changed in the store and will not be sealed.")
    advice = _("Tell the system administrator at once; the trail shows when it was prepared.")


@transaction.atomic
def prepare_document(*, paper: Paper, by: Actor, at: datetime) -> IssuedDocument:
    """Give a document its number and code, typeset it, and keep it until it is sealed or released.

    When anything fails the number was never given.
    """
    number = numbering.next_number(series=paper.series, at=at, by=by)
    code = new_code()
    typeset = typesetting.typeset(paper.template, _content(paper, number, code), at=at)
    stored = files.keep_bytes(content=typeset.content, name=f"{number.text}.pdf", at=at, kinds=("pdf",))
    document = _record(paper, number, code, typeset, stored, by=by, at=at)
    numbering.link_number(number_id=number.id, subject=(document._meta.label_lower, document.pk))
    facts = {"number": number.text, "kind": paper.kind, "owner": list(paper.owner), "sha256": stored.sha256}
    audit.record(document, action="document.prepared", by=by, at=at, facts=facts)
    return document


@transaction.atomic
def seal_document(*, document_id: int, order: SealOrder, by: Actor, at: datetime) -> IssuedDocument:
    """Seal a prepared document; with that it is issued and valid.

    A seal whose key the state seal service keeps is ordered there: the document stays prepared until it is
    back (`enter_sealed`).
    """
    document = _lock_prepared(document_id)
    if document.seal_page is None or document.seal_x is None or document.seal_y is None:
        raise DocumentNotPrepared(number=document.number_text)
    if seals.is_outside(order.seal_code):
        return _order(document, order, by=by, at=at)
    sealed = seals.apply_seal(
        pdf=_prepared_bytes(document),
        seal_code=order.seal_code,
        place=SealPlace(document.seal_page, document.seal_x, document.seal_y),
        authorisation=order.authorisation,
        purpose=order.purpose or f"{document.title}（{document.number_text}）",
        subject=(document._meta.label_lower, document.pk),
        paper_kind=document.kind,
        by=by,
        at=at,
    )
    document.seal_use_id = sealed.use_id
    document.file = files.keep_bytes(content=sealed.content, name=document.file_name, at=at, kinds=("pdf",))
    return _make_valid(document, action="document.sealed", by=by, at=at)


def _order(document: IssuedDocument, order: SealOrder, *, by: Actor, at: datetime) -> IssuedDocument:
    assert document.seal_page is not None
    assert document.seal_x is not None
    assert document.seal_y is not None
    seals.order_seal(
        pdf=_prepared_bytes(document),
        seal_code=order.seal_code,
        place=SealPlace(document.seal_page, document.seal_x, document.seal_y),
        authorisation=order.authorisation,
        purpose=order.purpose or f"{document.title}（{document.number_text}）",
        title=document.title,
        number=document.number_text,
        subject=(document._meta.label_lower, document.pk),
        paper_kind=document.kind,
        by=by,
        at=at,
    )
    facts = {"number": document.number_text, "seal": order.seal_code}
    audit.record(document, action="document.seal_ordered", by=by, at=at, facts=facts)
    return document


@transaction.atomic
def enter_sealed(*, sealing_id: int) -> IssuedDocument | None:
    """Issue a document whose paper is back from the state seal service; None where it was issued or ended."""
    sealing = OutsideSealing.objects.select_related("use__applied_by", "sealed").get(pk=sealing_id)
    document = IssuedDocument.objects.select_for_update().get(pk=sealing.subject_id)
    if document.state != IssuedDocument.State.PREPARED or sealing.use is None or sealing.sealed is None:
        return None
    document.seal_use, document.file = sealing.use, sealing.sealed
    person = sealing.use.applied_by
    custodian = Actor(person.pk, None, person.name, "staff") if person else SYSTEM
    return _make_valid(document, action="document.sealed", by=custodian, at=sealing.use.applied_at)


@transaction.atomic
def release_document(*, document_id: int, by: Actor, at: datetime) -> IssuedDocument:
    """Issue a prepared document that bears no seal."""
    return _make_valid(_lock_prepared(document_id), action="document.released", by=by, at=at)


@transaction.atomic
def issue(*, paper: Paper, by: Actor, at: datetime, seal: SealOrder | None = None) -> IssuedDocument:
    """Prepare and issue a document in one step, sealed where `seal` is given."""
    document = prepare_document(paper=paper, by=by, at=at)
    if seal is None:
        return release_document(document_id=document.pk, by=by, at=at)
    return seal_document(document_id=document.pk, order=seal, by=by, at=at)


def public_url(code: str) -> str:
    """Give the address under which anyone may check the document with this code."""
    return f"{settings.BASE_URL}/v/{spaced_code(code)}"


def _content(paper: Paper, number: Number, code: str) -> Mapping[str, Any]:
    """Put together what the template is given: words, number, mark of verification."""
    given = paper.content
    words = dataclasses.asdict(given) if isinstance(given, Letter) else dict(given)
    url = public_url(code)
    mark = {"qr": _qr(url), "url": url, "code": spaced_code(code)}
    title = words.get("title") or paper.title
    return {**words, "title": title, "number": number.text, "verification": mark, "demo": settings.DEMO}


def _qr(text: str) -> str:
    """Draw a QR code as SVG."""
    picture = BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=1, xmldecl=False, svgns=True)
    return picture.getvalue().decode()


def _record(
    paper: Paper, number: Number, code: str, typeset: Typeset, stored: StoredFile, *, by: Actor, at: datetime
) -> IssuedDocument:
    spot = typeset.spots.get("seal")
    return IssuedDocument.objects.create(
        kind=paper.kind,
        kind_name=paper.kind_name,
        kind_name_en=paper.kind_name_en,
        number_id=number.id,
        number_text=number.text,
        title=paper.title,
        owner_kind=paper.owner[0],
        owner_id=paper.owner[1],
        addressee_id=paper.addressee_id,
        addressee_name=paper.addressee_name,
        organ_id=paper.organ_id,
        organ_name=paper.organ_name,
        public_facts=[dataclasses.asdict(fact) for fact in paper.public_facts],
        template=paper.template,
        file=stored,
        prepared_file=stored,
        file_name=files.clean_name(f"{paper.title}（{number.text}）.pdf"),
        sha256=stored.sha256,
        sm3=stored.sm3,
        seal_page=spot.page if spot else None,
        seal_x=spot.x if spot else None,
        seal_y=spot.y if spot else None,
        verification_code=code,
        prepared_at=at,
        prepared_by_id=by.party_id,
    )


def _lock_prepared(document_id: int) -> IssuedDocument:
    document = IssuedDocument.objects.select_for_update().get(pk=document_id)
    if document.state != IssuedDocument.State.PREPARED:
        raise DocumentNotPrepared(number=document.number_text)
    return document


def _prepared_bytes(document: IssuedDocument) -> bytes:
    content = files.read_stored(document.prepared_file)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise PreparedFileDamaged(number=document.number_text)
    return content


def _make_valid(document: IssuedDocument, *, action: str, by: Actor, at: datetime) -> IssuedDocument:
    document.state = IssuedDocument.State.VALID
    document.sha256, document.sm3 = document.file.sha256, document.file.sm3
    document.issued_at, document.issued_by_id = at, by.party_id
    document.version += 1
    document.save()
    facts = {"number": document.number_text, "sha256": document.sha256, "seal_use": document.seal_use_id}
    audit.record(document, action=action, by=by, at=at, facts=facts)
    events.publish(DocumentIssued(document.pk, document.kind, document.owner_kind, document.owner_id))
    return document
