"""The hall's counters: lines of business, windows, what they serve, their equipment, admitted devices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.modules.windows.data import WindowKind


class Line(models.Model):
    """A line of business (业务类别): its tickets are numbered together, under one letter, day by day."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(_("Code"), max_length=40, unique=True)
    letter = models.CharField(_("Letter"), max_length=1, unique=True)
    name = models.CharField(_("Name"), max_length=60)
    name_en = models.CharField(_("Name in English"), max_length=100)
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(_("In use"), default=True)
    bookable = models.BooleanField(_("Can be booked"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("order", "letter")
        constraints = [models.CheckConstraint(condition=Q(letter__regex="^[A-Z]$"), name="windows_letter")]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """What people come for in a line: a catalogue item, a package, a unit's business, or everyday words.

    `source_code` names the thing in the catalogue; the words are copied, so that the kiosk asks nobody else.
    """

    class Source(models.TextChoices):
        """Where a topic comes from."""

        ITEM = "item", _("Catalogue item")
        PACKAGE = "package", _("Package of services")
        UNIT = "unit", _("Business of a unit")
        WORDS = "words", _("Free words")

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="topics")
    source = models.CharField(_("Kind"), max_length=10, choices=Source)
    source_code = models.CharField(_("Code in the catalogue"), max_length=80, blank=True)
    name = models.CharField(_("Name"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=200, blank=True)
    keywords = models.CharField(_("Everyday words"), max_length=300, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("line", "pk")
        constraints = [models.UniqueConstraint(fields=("line", "name"), name="windows_topic_once")]

    def __str__(self) -> str:
        return self.name


class Window(models.Model):
    """A counter of the hall: its number over the desk, its kind, its place, and the lines it serves."""

    class Kinds(models.TextChoices):
        """The same words as `data.WindowKind`, with labels."""

        SPECIALIST = WindowKind.SPECIALIST.value, _("Specialist window")
        GENERAL = WindowKind.GENERAL.value, _("General window")
        COUNTY = WindowKind.COUNTY.value, _("Window of a county department")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.PositiveSmallIntegerField(_("Number"), unique=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kinds, default=Kinds.SPECIALIST)
    name = models.CharField(_("Name"), max_length=60)
    name_en = models.CharField(_("Name in English"), max_length=100)
    place = models.CharField(_("Place"), max_length=100, blank=True)
    place_en = models.CharField(_("Place in English"), max_length=160, blank=True)
    unit = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Unit")
    )
    lines: models.ManyToManyField[Line, models.Model] = models.ManyToManyField(Line, related_name="windows")
    active = models.BooleanField(_("In use"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Equipment(models.Model):
    """A device of a window and whether it works."""

    class State(models.TextChoices):
        """Whether it works."""

        OK = "ok", _("works")
        FAULTY = "faulty", _("faulty")
        REPAIR = "repair", _("being repaired")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="equipment")
    name = models.CharField(_("Device"), max_length=60)
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.OK)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("window", "name"), name="windows_device_once")]

    def __str__(self) -> str:
        return self.name


class Kiosk(models.Model):
    """A ticket machine in the hall that may give out tickets; it is known by a cookie, kept as a hash."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    admitted_by = models.CharField(max_length=100)
    admitted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name
