"""Collecting what nobody owns: stored files without a use, objects without a record, uploads cut off."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from jingkai.records.files.models import StoredFile, folder_store, store
from jingkai.records.files.operations.attach import lock_digest

KEEP_DAYS = 30
KEEP_INCOMING = timedelta(hours=24)


def collect_garbage(*, at: datetime, keep_days: int = KEEP_DAYS) -> int:
    """Remove what has had no owner for `keep_days`; returns how many stored files went.

    What counts as an owner is read from the database: any row of any app that points to a stored file. Void
    attachments and revoked documents are owners too, so nothing that was ever part of a record is removed.
    """
    before = at - timedelta(days=keep_days)
    removed = sum(
        _remove(sha256, before) for sha256 in list(_unowned(before).values_list("sha256", flat=True))
    )
    for thing in list(store().objects()):
        if thing.written_at < before and not StoredFile.objects.filter(sha256=thing.key).exists():
            _remove_object(thing.key)
    _remove_cut_off(at)
    return removed


def _unowned(before: datetime) -> QuerySet[StoredFile]:
    found = StoredFile.objects.filter(kept_at__lt=before)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if relation.auto_created and relation.is_relation and not relation.concrete:
            rows = relation.related_model._default_manager  # type: ignore[union-attr]
            pointing = {relation.field.name: OuterRef("pk")}  # type: ignore[union-attr]
            found = found.filter(~Exists(rows.filter(**pointing)))
    return found


@transaction.atomic
def _remove(sha256: str, before: datetime) -> int:
    """Remove one stored file under its lock, unless someone used it again or removed it since."""
    lock_digest(sha256)
    found = list(_unowned(before).filter(sha256=sha256).values_list("pk", flat=True))
    deleted, _each = StoredFile.objects.filter(pk__in=found).delete()
    if deleted:
        store().delete(sha256)
    return deleted


@transaction.atomic
def _remove_object(key: str) -> None:
    lock_digest(key)
    if not StoredFile.objects.filter(sha256=key).exists():
        store().delete(key)


def _remove_cut_off(at: datetime) -> None:
    for path in folder_store().incoming_folder().iterdir():
        with suppress(FileNotFoundError):  # an upload that has just come to its end
            if path.stat().st_mtime < (at - KEEP_INCOMING).timestamp():
                path.unlink()
