"""Types of licences and materials, what each enterprise holds, and what it let be used for what."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.licences.data import Origin, Standing
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files.models import Attachment


class LicenceType(models.Model):
    """A type of licence or material: who issues it, how long it is valid, which fact it proves.

    Every statement is unconfirmed until the zone has compared it with the instrument (`confirmed`).
    """

    class Kind(models.TextChoices):
        """A licence is issued by an authority; a material is made by the enterprise or its contractors."""

        LICENCE = "licence", _("Licence")
        MATERIAL = "material", _("Material")

    class Validity(models.TextChoices):
        """What is known of the last day."""

        NONE = "none", _("No end")
        STATED = "stated", _("As stated on it")
        MONTHS = "months", _("A number of months")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    issuer = models.CharField(_("issuing organ"), max_length=120, blank=True, default="")
    issuer_en = models.CharField(max_length=200, blank=True, default="")
    validity = models.CharField(_("validity"), max_length=12, choices=Validity.choices)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    proves = models.CharField(_("proves"), max_length=120, blank=True, default="")
    proves_en = models.CharField(max_length=200, blank=True, default="")
    basis = models.CharField(_("legal basis"), max_length=300, blank=True, default="")
    confirmed = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "code")
        constraints = [
            models.CheckConstraint(
                condition=~Q(validity="months") | Q(months__gt=0), name="licences_months_are_given"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One licence or material in an enterprise's library, with its file, its validity and its origin."""

    class Origins(models.TextChoices):
        """The same words as `data.Origin`, with labels."""

        UPLOADED = Origin.UPLOADED.value, _("Uploaded by the enterprise")
        RESULT = Origin.RESULT.value, _("Result of this zone")
        PROVINCE = Origin.PROVINCE.value, _("From the provincial licence system")

    class State(models.TextChoices):
        """What is stored of `data.Standing`; that a valid entry has expired is read from its last day."""

        VALID = Standing.VALID.value, _("Valid")
        REVOKED = Standing.REVOKED.value, _("Revoked")
        REPLACED = Standing.REPLACED.value, _("Replaced")
        REMOVED = Standing.REMOVED.value, _("Taken out")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    enterprise = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="entries")
    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("number"), max_length=100, blank=True, default="")
    issuer = models.CharField(_("issuing organ"), max_length=200, blank=True, default="")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    origin = models.CharField(_("origin"), max_length=12, choices=Origins.choices)
    document = models.OneToOneField(
        IssuedDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.VALID)
    state_reason = models.CharField(max_length=500, blank=True, default="")
    state_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    warned_on = models.DateField(null=True, blank=True)  # told that its last day is near
    expired_on = models.DateField(null=True, blank=True)  # told that its last day has passed
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["enterprise", "-added_at", "-id"], name="licences_by_enterprise"),
            models.Index(fields=["valid_to"], condition=Q(state="valid"), name="licences_by_last_day"),
            models.Index(fields=["-added_at", "-id"], name="licences_newest_first"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "sha256"],
                condition=Q(state="valid") & ~Q(sha256=""),
                name="licences_one_file_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="licences_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["valid", "replaced"]) | ~Q(state_reason=""),
                name="licences_end_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def standing(self, on: date) -> Standing:
        """What it is worth on a day; the last day itself still counts."""
        if self.state == self.State.VALID and self.valid_to is not None and self.valid_to < on:
            return Standing.EXPIRED
        return Standing(self.state)


class Consent(models.Model):
    """An enterprise let one entry be used for one thing (授权使用): by whom, when, and whether taken back.

    Taking it back counts for the future: what was handed in with it stays in the matter.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="consents")
    owner_kind = models.CharField(max_length=60)
    owner_id = models.BigIntegerField()
    slot = models.CharField(max_length=80, blank=True, default="")
    title = models.CharField(max_length=300)
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner_kind", "owner_id"], name="licences_consents_by_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "owner_kind", "owner_id", "slot"],
                condition=Q(revoked_at__isnull=True),
                name="licences_one_open_consent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} for {self.title}"
