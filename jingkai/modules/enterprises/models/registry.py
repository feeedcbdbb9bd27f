"""The registry of enterprises, invitations to act for one, and codes admitted despite their check."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.organisation.models import Park
from jingkai.kernel.parties.models import EncryptedTextField, Party, Person, Representation
from jingkai.modules.enterprises.data import Scale, Stage


class Enterprise(models.Model):
    """An enterprise, or another organisation that applies, known by its unified social credit code."""

    class Stages(models.TextChoices):
        """The same words as `data.Stage`, with labels."""

        SIGNED = Stage.SIGNED.value, _("Signed, not started")
        BUILDING = Stage.BUILDING.value, _("Under construction")
        PRODUCING = Stage.PRODUCING.value, _("In production")
        STOPPED = Stage.STOPPED.value, _("Production stopped")
        LEFT = Stage.LEFT.value, _("Left the zone")

    class Scales(models.TextChoices):
        """The same words as `data.Scale`, with labels."""

        LARGE = Scale.LARGE.value, _("Large")
        MEDIUM = Scale.MEDIUM.value, _("Medium")
        SMALL = Scale.SMALL.value, _("Small")
        MICRO = Scale.MICRO.value, _("Micro")

    party = models.OneToOneField(
        Party, primary_key=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("party")
    )
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    legal_representative = models.CharField(_("legal representative"), max_length=100)
    address = models.CharField(_("registered address"), max_length=200, blank=True, default="")
    industry = models.CharField(_("industry"), max_length=8, blank=True, default="")
    park = models.ForeignKey(
        Park, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("park")
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stages.choices, blank=True, default="")
    scale = models.CharField(_("scale"), max_length=8, choices=Scales.choices, blank=True, default="")
    above_size = models.BooleanField(_("above designated size"), default=False)
    linked_leader = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("linked leader"),
    )
    registered_at = models.DateTimeField(_("registered here"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(uscc__regex=r"^[0-9A-Z]{18}$"), name="enterprises_uscc_shape"),
        ]

    def __str__(self) -> str:
        return self.party.name


class Invitation(models.Model):
    """An offer to one named person to act for an enterprise; the link is proof, stored only as a hash."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="invitations")
    name = models.CharField(_("name"), max_length=100)
    phone = EncryptedTextField(_("phone"))
    role = models.CharField(_("role"), max_length=24, choices=Representation.Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    may_apply = models.BooleanField(_("prepare applications"), default=True)
    may_sign = models.BooleanField(_("hand in for the enterprise"), default=True)
    may_pay = models.BooleanField(_("pay fees"), default=True)
    sees_all = models.BooleanField(_("see all matters"), default=True)

    def __str__(self) -> str:
        return f"{self.enterprise_id} invites, {self.invited_at:%Y-%m-%d}"


class Registration(models.Model):
    """What somebody filled in to register or to join, until their phone is proven; then emptied.

    The filled-in data lies encrypted and is deleted after a day when the phone was never proven.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    filled_in = EncryptedTextField(blank=True, default="")
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    phone_check = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.uuid} {self.started_at:%Y-%m-%d %H:%M}"


class CodeException(models.Model):
    """A credit code admitted although its check fails, with the reason and who answers for it.

    Some codes given out early are known to fail GB 32100-2015; the licence itself is the proof.
    """

    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    reason = models.CharField(_("reason"), max_length=300)
    granted_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="enterprises_exception_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.uscc


class LocalIndustry(models.Model):
    """A class of industry the zone adds to the packaged GB/T 4754-2017; the amended one has one more."""

    code = models.CharField(_("class code"), max_length=8, unique=True)
    parent = models.CharField(_("parent class"), max_length=8)
    name = models.CharField(_("name"), max_length=200)
    source = models.CharField(_("source"), max_length=200)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
