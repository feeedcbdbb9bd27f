"""Keeping received files once, attaching them to their owners, making attachments void."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Actor
from jingkai.records.files.data import ALL_KINDS, Upload
from jingkai.records.files.models import Attachment, StoredFile, store
from jingkai.records.files.operations.receive import full_disk_in_words, receive_bytes
from jingkai.records.files.rules.owners import may_write, owner_kind
from jingkai.records.files.rules.refusals import FileRefused


class CannotAttach(PersonFacingError):
    """The person may not add or remove files there."""

    status = 403
    sentence = _("You cannot add or remove files here.")
    advice = _("The matter may have moved on. Reload the page to see where it stands.")


class CannotVoid(PersonFacingError):
    """An attachment is void already, or no reason was given."""

    sentence = _("This file cannot be removed.")
    advice = _("Reload the page: it may have been removed already. A reason is needed.")


@transaction.atomic
def keep(*, upload: Upload, at: datetime) -> StoredFile:
    """Keep the bytes of an upload once and return their record; the temporary file is gone afterwards.

    The digest is locked first, so that the collector never removes an object while the same content comes in.
    """
    received = upload.received
    lock_digest(received.sha256)
    with full_disk_in_words(upload.name):
        store().put(received.sha256, received.path)
    stored, made = StoredFile.objects.get_or_create(
        sha256=received.sha256,
        defaults={
            "sm3": received.sm3,
            "size": received.size,
            "kind": upload.kind.code,
            "media_type": upload.kind.media_type,
            "kept_at": at,
        },
    )
    if not made:
        StoredFile.objects.filter(pk=stored.pk).update(kept_at=at)
    return stored


def lock_digest(sha256: str) -> None:
    """Hold a content's digest until the transaction ends."""
    with connection.cursor() as cursor:
        number = int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def keep_bytes(*, content: bytes, name: str, at: datetime, kinds: tuple[str, ...] = ALL_KINDS) -> StoredFile:
    """Keep bytes that the product made itself (a typeset paper, an export)."""
    return keep(upload=receive_bytes(content, name=name, kinds=kinds), at=at)


@transaction.atomic
def attach(
    *,
    upload: Upload,
    owner: tuple[str, int],
    slot: str = "",
    by: Actor,
    at: datetime,
    for_: int | None = None,
) -> Attachment:
    """Keep an upload and attach it to its owner.

    Asks the owner's app again whether this person may add files there: while a slow upload arrived, the
    matter may have been submitted.
    """
    kind, owner_id = owner
    if not may_write(by, owner=kind, owner_id=owner_id, slot=slot):
        upload.received.path.unlink(missing_ok=True)
        raise CannotAttach
    _refuse_full_slot(kind, owner_id, slot, name=upload.name)
    attachment = Attachment.objects.create(
        stored_file=keep(upload=upload, at=at),
        name=upload.name,
        owner_kind=kind,
        owner_id=owner_id,
        slot=slot,
        remark=upload.remark,
        uploaded_by_id=by.party_id,
        uploaded_by_name=by.name,
        uploaded_at=at,
    )
    facts = {
        "file": attachment.pk,
        "sha256": upload.received.sha256,
        "size": upload.received.size,
        "slot": slot,
    }
    audit.record((kind, owner_id), action="file.attached", by=by, at=at, for_=for_, facts=facts)
    return attachment


@transaction.atomic
def attach_again(
    *,
    source: Attachment,
    owner: tuple[str, int],
    slot: str = "",
    by: Actor,
    at: datetime,
    for_: int | None = None,
) -> Attachment:
    """Put a file that is kept already to another owner, without moving its bytes; refused as `attach` is."""
    kind, owner_id = owner
    if not may_write(by, owner=kind, owner_id=owner_id, slot=slot):
        raise CannotAttach
    _refuse_full_slot(kind, owner_id, slot, name=source.name)
    stored = source.stored_file
    lock_digest(stored.sha256)
    StoredFile.objects.filter(pk=stored.pk).update(kept_at=at)
    attachment = Attachment.objects.create(
        stored_file=stored,
        name=source.name,
        owner_kind=kind,
        owner_id=owner_id,
        slot=slot,
        remark=source.remark,
        uploaded_by_id=by.party_id,
        uploaded_by_name=by.name,
        uploaded_at=at,
    )
    facts = {"file": attachment.pk, "sha256": stored.sha256, "size": stored.size, "slot": slot}
    audit.record((kind, owner_id), action="file.attached", by=by, at=at, for_=for_, facts=facts)
    return attachment


def _refuse_full_slot(kind: str, owner_id: int, slot: str, *, name: str) -> None:
    known = owner_kind(kind)
    if known is None:
        return
    count = Attachment.objects.filter(
        owner_kind=kind, owner_id=owner_id, slot=slot, voided_at__isnull=True
    ).count()
    if count >= known.files_per_slot:
        raise FileRefused("too_many", name=name, found=str(count))


@transaction.atomic
def void_attachment(*, attachment: Attachment, reason: str, by: Actor, at: datetime) -> None:
    """Take an attachment out of use; it stays in the record with the reason and who gave it."""
    locked = Attachment.objects.select_for_update().get(pk=attachment.pk)
    owner = (locked.owner_kind, locked.owner_id)
    if not may_write(by, owner=locked.owner_kind, owner_id=locked.owner_id, slot=locked.slot):
        raise CannotAttach
    if locked.voided_at is not None or not reason.strip():
        raise CannotVoid
    locked.voided_at, locked.voided_by_id, locked.void_reason = at, by.party_id, reason.strip()[:200]
    locked.version += 1
    locked.save(update_fields=["voided_at", "voided_by", "void_reason", "version"])
    audit.record(owner, action="file.voided", by=by, at=at, facts={"file": locked.pk, "slot": locked.slot})
