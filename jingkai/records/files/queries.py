"""Reads: attachments of an owner, and the bytes behind them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db.models import Count, QuerySet

from jingkai.kernel.hooks.api import Prepared, Slots, address_of
from jingkai.kernel.permissions.api import Actor
from jingkai.records.files.data import AttachmentLine, StoredObject
from jingkai.records.files.models import Attachment, StoredFile, bucket_store, store
from jingkai.records.files.rules.owners import may_read


class FileUnreadable(OSError):
    """A stored file's bytes are missing from the store: the operator must restore them."""


def get_attachment(uuid: UUID) -> Attachment | None:
    """Find an attachment, void or not."""
    return Attachment.objects.select_related("stored_file").filter(uuid=uuid).first()


def list_attachments(
    owner: tuple[str, int], *, slot: str | None = None, with_void: bool = False
) -> list[AttachmentLine]:
    """List the files of an owner as pages show them, oldest first (one query)."""
    found = (_ALL if with_void else _STANDING).fetch(kind=owner[0], owner=owner[1])
    return [line_of(attachment) for attachment in found if slot is None or attachment.slot == slot]


def _of_owner(slots: Slots) -> QuerySet[Attachment]:
    given = Attachment.objects.filter(owner_kind=slots.text("kind"), owner_id=slots.number("owner"))
    return given.select_related("stored_file").order_by("pk")


_ALL = Prepared(_of_owner)
_STANDING = Prepared(lambda slots: _of_owner(slots).filter(voided_at__isnull=True))


def count_by_slot(owner: tuple[str, int]) -> dict[str, int]:
    """Count the standing files of an owner, by slot."""
    found = Attachment.objects.filter(owner_kind=owner[0], owner_id=owner[1], voided_at__isnull=True)
    return dict(found.values_list("slot").annotate(Count("pk")).order_by("slot"))


def line_of(attachment: Attachment) -> AttachmentLine:
    """Give an attachment as a page shows it."""
    stored = attachment.stored_file
    return AttachmentLine(
        id=attachment.pk,
        uuid=str(attachment.uuid),
        name=attachment.name,
        size=stored.size,
        media_type=stored.media_type,
        kind=stored.kind,
        slot=attachment.slot,
        url=address_of("files:download", attachment.uuid),
        uploaded_at=attachment.uploaded_at,
        uploaded_by_name=attachment.uploaded_by_name,
        remark=attachment.remark,
        void_reason=attachment.void_reason,
        sha256=stored.sha256,
    )


def may_read_attachment(actor: Actor, attachment: Attachment) -> bool:
    """Ask the owner's app whether this person may read the file."""
    return may_read(actor, owner=attachment.owner_kind, owner_id=attachment.owner_id)


def open_stored(stored: StoredFile, start: int = 0) -> BinaryIO:
    """Open the bytes of a stored file for reading."""
    try:
        return store().open(stored.sha256, start)
    except FileNotFoundError as missing:
        raise FileUnreadable(f"{stored.sha256} is missing from the store") from missing


def read_stored(stored: StoredFile) -> bytes:
    """Read the bytes of a stored file."""
    with open_stored(stored) as stream:
        return stream.read()


def store_objects() -> Iterator[StoredObject]:
    """Walk over everything that the store holds."""
    return store().objects()


def copy_object(key: str, target: Path) -> str | None:
    """Copy an object out of the store as it comes; gives its digest, or None where there is none."""
    bucket = bucket_store()
    try:
        if bucket is not None and bucket.holds(key):
            with target.open("wb") as file:
                return bucket.write_into(file, key)
        with store().open(key) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    except FileNotFoundError:
        return None
    with target.open("rb") as file:
        return digest_of(file)


def digest_of(stream: BinaryIO) -> str:
    """Read a stream to its end and give the digest of what came."""
    seen = hashlib.sha256()
    while block := stream.read(1 << 20):
        seen.update(block)
    return seen.hexdigest()


def missing_objects(files: Iterable[StoredFile]) -> list[str]:
    """Name the digests whose bytes are missing or of another size."""
    return [file.sha256 for file in files if store().size(file.sha256) != file.size]
