"""Parties, persons, and who acts for whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.hooks.api import QuickRows
from jingkai.kernel.parties.data import PartyKind, RepresentationRole
from jingkai.kernel.parties.models.encrypted import EncryptedTextField


class Party(QuickRows, models.Model):
    """Whoever can be granted a thing, apply for one, hold one or do one.

    Persons, posts, units, enterprises and the zone share this one table, so that every grant and every
    name in a trail points to one kind of key. What is particular to a kind extends it one-to-one.
    """

    class Kind(models.TextChoices):
        """The same words as `data.PartyKind`, with labels."""

        PERSON = PartyKind.PERSON.value, _("Person")
        POST = PartyKind.POST.value, _("Post")
        UNIT = PartyKind.UNIT.value, _("Unit")
        ENTERPRISE = PartyKind.ENTERPRISE.value, _("Enterprise")
        ZONE = PartyKind.ZONE.value, _("Zone")
        SYSTEM = PartyKind.SYSTEM.value, _("The system itself")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    short_name = models.CharField(_("short name"), max_length=60, blank=True, default="")
    pinyin = models.CharField(max_length=1400, blank=True, default="", editable=False)
    initials = models.CharField(max_length=200, blank=True, default="", editable=False)
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind__in=[PartyKind.ZONE.value, PartyKind.SYSTEM.value]),
                name="parties_one_zone_one_system",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="parties_party_has_a_name"),
        ]
        indexes = [models.Index(fields=["kind", "pinyin", "id"], name="parties_by_pinyin")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A natural person. Phone and e-mail are encrypted; only necessary data is kept."""

    party = models.OneToOneField(
        Party, primary_key=True, on_delete=models.PROTECT, related_name="person", verbose_name=_("party")
    )
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    email = EncryptedTextField(_("e-mail"), blank=True, default="")
    email_hash = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")

    def __str__(self) -> str:
        return self.party.name


class Representation(models.Model):
    """A person acts for a party (an enterprise) in a role, for a time."""

    class Role(models.TextChoices):
        """The same words as `data.RepresentationRole`, with labels."""

        LEGAL_REPRESENTATIVE = RepresentationRole.LEGAL_REPRESENTATIVE.value, _("Legal representative")
        HANDLER = RepresentationRole.HANDLER.value, _("Handler")
        AGENT = RepresentationRole.AGENT.value, _("Agent")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="representations")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="representations")
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # from this moment on it counts no more
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "party", "role"],
                condition=Q(ended_at__isnull=True),
                name="parties_one_open_representation",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="parties_representation_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.party_id}"
