"""What is kept once (StoredFile) and what it is attached to (Attachment)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class StoredFile(models.Model):
    """Some bytes, kept once however often they are handed in; the digest is their name in the store.

    `kept_at` moves with every new use: the collector removes only what was not used for long and has no
    owner.
    """

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    sm3 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    kind = models.CharField(max_length=20, editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions that are asked of attachments."""

    def of(self, owner_kind: str, owner_id: int, slot: str | None = None) -> AttachmentQuerySet:
        """Those of one owner, in the order in which they came; of one slot where it is named."""
        found = self.filter(owner_kind=owner_kind, owner_id=owner_id).select_related("stored_file")
        return (found if slot is None else found.filter(slot=slot)).order_by("pk")

    def standing(self) -> AttachmentQuerySet:
        """Those that are not void."""
        return self.filter(voided_at__isnull=True)


class Attachment(models.Model):
    """A stored file under a name, belonging to an owner (an application, an opinion, a document).

    The owner is named by kind and number; its app registers who may read and write. An attachment is never
    deleted: it is made void with a reason and stays in the record.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=255)
    owner_kind = models.CharField(max_length=60, editable=False)
    owner_id = models.BigIntegerField(editable=False)
    slot = models.CharField(
        max_length=80, blank=True, default=""
    )  # which material, part or place of the owner
    remark = models.CharField(max_length=40, blank=True, default="")  # e.g. the name claimed another type
    uploaded_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_by_name = models.CharField(max_length=200, blank=True, default="")
    uploaded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    void_reason = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Attachment]] = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner_kind", "owner_id", "slot"], name="files_by_owner")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="files_attachment_has_a_name"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="files_void_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name
