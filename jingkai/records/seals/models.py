"""Seals, who held them when, and every use."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from uuid6 import uuid7


class Seal(models.Model):
    """A seal of the zone: its face, its certificate, and its private key's name (never the key)."""

    class State(models.TextChoices):
        """Whether it may be applied."""

        ACTIVE = "active", _("In use")
        SUSPENDED = "suspended", _("Suspended")
        RETIRED = "retired", _("Retired")

    class Keeper(models.TextChoices):
        """Where its key is."""

        OWN = "own", _("This installation")
        STATE = "state", _("State seal service")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    ring_text = models.CharField(_("text along the edge"), max_length=60)
    line_text = models.CharField(_("text across"), max_length=40, blank=True, default="")
    number_text = models.CharField(_("number on the seal"), max_length=20, blank=True, default="")
    diameter_mm = models.DecimalField(_("diameter in mm"), max_digits=4, decimal_places=1, default=42)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    demo = models.BooleanField(_("demonstration seal"), default=False)
    keeper = models.CharField(_("key kept by"), max_length=10, choices=Keeper.choices, default=Keeper.OWN)
    outside_code = models.CharField(_("code in the state service"), max_length=40, blank=True, default="")
    key_name = models.CharField(max_length=60, unique=True, editable=False)
    certificate = models.TextField(editable=False)  # PEM
    serial = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(keeper="state") | ~Q(outside_code=""), name="seals_state_seal_has_a_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SealCustody(models.Model):
    """Who holds a seal from when to when: a person, or whoever is appointed to a post."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="custody")
    custodian = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=200)
    handed_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seal"], condition=Q(ends_at__isnull=True), name="seals_one_custodian"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="seals_custody_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.custodian_id}"


class StandingAuthorisation(models.Model):
    """A leader's decision that a seal goes on all papers of some kinds, by whom, from when to when.

    So acceptance notices get their seal at the window (行政许可法 32) without a decision for each. Whoever
    belongs to `users` (a unit, a post, a person) may cause the use, and only together with the paper itself.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="standing")
    papers = ArrayField(models.CharField(max_length=60))
    users = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(_("basis"), max_length=200)
    approved_by = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="seals_standing_in_order",
            ),
            models.CheckConstraint(condition=~Q(papers=[]), name="seals_standing_for_some_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.basis}"


class SealUse(models.Model):
    """One line of the ledger: which seal was put on what, by whom, on whose authority.

    An authorisation serves once, a standing one once for each paper; only under a standing one may the
    product itself act (`applied_by` empty). `sequence` runs without a gap within a seal and year.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    purpose = models.CharField(_("purpose"), max_length=200)
    subject_kind = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.BigIntegerField(null=True, blank=True)
    authorisation_kind = models.CharField(max_length=60)
    authorisation_id = models.BigIntegerField()
    authorisation_title = models.CharField(max_length=200)
    authorised_by = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    authorised_at = models.DateTimeField()
    applied_by = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    certificate_serial = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)  # of the paper before sealing
    sealed_sha256 = models.CharField(max_length=64)  # of the sealed paper

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "year", "sequence"], name="seals_use_sequence"),
            models.UniqueConstraint(
                fields=["authorisation_kind", "authorisation_id"],
                condition=~Q(authorisation_kind="standing"),
                name="seals_authorisation_serves_once",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(authorisation_kind="standing"),
                name="seals_standing_serves_once_a_paper",
            ),
            models.CheckConstraint(
                condition=Q(applied_by__isnull=False) | Q(authorisation_kind="standing"),
                name="seals_applied_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(authorised_by=F("applied_by")), name="seals_two_people_for_a_seal"
            ),
        ]
        indexes = [models.Index(fields=["seal", "-applied_at"], name="seals_newest_uses")]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.year}-{self.sequence}"


class OutsideSealing(models.Model):
    """One paper on its way to the state seal service and back, ordered by the seal's custodian.

    Under a standing authorisation whoever issues the paper orders it, the product itself (`ordered_by` empty)
    where the law acts by itself.
    Its key in the journal of exchanges is its uuid. The ledger gets its line when the paper is back.
    """

    class State(models.TextChoices):
        """Where the paper is."""

        WAITING = "waiting", _("Waiting for the state seal service")
        DONE = "done", pgettext_lazy("state", "Sealed")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="outside")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    purpose = models.CharField(_("purpose"), max_length=200)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    authorisation_kind = models.CharField(max_length=60)
    authorisation_id = models.BigIntegerField()
    page = models.PositiveSmallIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    paper = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    sealed = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    use = models.OneToOneField(SealUse, null=True, on_delete=models.PROTECT, related_name="outside")
    outside_number = models.CharField(max_length=120, blank=True, default="")
    ordered_by = models.ForeignKey("parties.Party", null=True, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation_kind", "authorisation_id"],
                condition=~Q(authorisation_kind="standing"),
                name="seals_ordered_outside_once",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(authorisation_kind="standing"),
                name="seals_standing_ordered_once_a_paper",
            ),
            models.CheckConstraint(
                condition=Q(ordered_by__isnull=False) | Q(authorisation_kind="standing"),
                name="seals_ordered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(use__isnull=False, sealed__isnull=False),
                name="seals_outside_done_with",
            ),
        ]
        indexes = [models.Index(fields=["-ordered_at", "-id"], name="seals_newest_outside")]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.purpose}"
