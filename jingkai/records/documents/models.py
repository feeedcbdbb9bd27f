"""Documents that the zone has issued, and what became of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class IssuedDocument(models.Model):
    """A typeset paper with its number, its file, its state, and the code under which anyone may check it.

    It is prepared (typeset and numbered), then valid once sealed or issued; afterwards only its state
    changes. The digests are those of the file as issued: the public page compares them with the bytes in the
    store.
    """

    class State(models.TextChoices):
        """What the paper is worth."""

        PREPARED = "prepared", _("Waiting for the seal")
        VALID = "valid", _("Valid")
        REVOKED = "revoked", _("Revoked")
        REPLACED = "replaced", _("Replaced")
        VOID = "void", _("Abandoned before issue")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    kind_name = models.CharField(max_length=60)
    kind_name_en = models.CharField(max_length=100, blank=True, default="")
    number = models.OneToOneField("numbering.IssuedNumber", on_delete=models.PROTECT, related_name="+")
    number_text = models.CharField(_("document number"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=200)
    owner_kind = models.CharField(max_length=60)
    owner_id = models.BigIntegerField()
    addressee = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    addressee_name = models.CharField(_("addressee"), max_length=200, blank=True, default="")
    organ = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organ_name = models.CharField(_("deciding organ"), max_length=200)
    public_facts = models.JSONField(default=list, blank=True)  # [{"label", "label_en", "value"}]
    template = models.CharField(max_length=100)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    prepared_file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    seal_page = models.PositiveSmallIntegerField(null=True, blank=True)
    seal_x = models.FloatField(null=True, blank=True)  # mm from the left, the seal's middle
    seal_y = models.FloatField(null=True, blank=True)  # mm from the top
    seal_use = models.OneToOneField(
        "seals.SealUse", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PREPARED)
    verification_code = models.CharField(max_length=20, unique=True)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)  # revoked, replaced or abandoned
    ended_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_class = models.CharField(max_length=40, blank=True, default="")
    end_reason = models.CharField(max_length=500, blank=True, default="")
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["owner_kind", "owner_id"], name="documents_by_owner"),
            models.Index(fields=["sha256"], name="documents_by_digest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "void"]) | Q(issued_at__isnull=False),
                name="documents_issued_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "valid"])
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="documents_end_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="replaced") | Q(replaced_by__isnull=False), name="documents_replaced_by"
            ),
        ]

    def __str__(self) -> str:
        return self.number_text
