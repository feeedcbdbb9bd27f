"""Ratings of the service, the invitations to rate, and everything that follows from a bad one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from uuid6 import uuid7

from jingkai.casework.cases.models import Case
from jingkai.kernel.parties.models import Party
from jingkai.modules.evaluations.data import Channel

CHANNELS = (
    (Channel.ONLINE.value, _("By account")),
    (Channel.LINK.value, _("By text message")),
    (Channel.ONSITE.value, _("On site")),
)


class Evaluation(models.Model):
    """One rating (好差评, GB/T 39735): one per matter online, one per visit on site.

    Names are kept as they were. `rater` is empty where nobody is known; `anonymous` hides a known rater from
    everybody but the trail. A rating that does not `count` stays visible with the reason. `published` is the
    text that somebody cleared for the public page.
    """

    class Publication(models.TextChoices):
        NONE = "none", pgettext_lazy("publication", "Nothing to publish")
        WAITING = "waiting", pgettext_lazy("publication", "To be reviewed")
        PUBLISHED = "published", pgettext_lazy("publication", "Published")
        WITHHELD = "withheld", pgettext_lazy("publication", "Not published")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    channel = models.CharField(_("Rated"), max_length=10, choices=CHANNELS)
    matter = models.BigIntegerField(null=True, unique=True)
    matter_uuid = models.UUIDField(null=True)
    ticket = models.CharField(max_length=60, null=True, unique=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("Number"), max_length=60)
    title = models.CharField(_("Matter"), max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    item_code = models.CharField(max_length=60, blank=True)
    item_name = models.CharField(max_length=160)
    item_name_en = models.CharField(max_length=240, blank=True)
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    rater = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    anonymous = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(_("Level"))
    reasons = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField()
    month = models.DateField()
    counted = models.BooleanField(default=True)
    publication = models.CharField(max_length=10, choices=Publication.choices, default=Publication.NONE)
    published = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="evaluation_level_1_to_5"),
            models.CheckConstraint(
                condition=Q(matter__isnull=False, ticket__isnull=True)
                | Q(matter__isnull=True, ticket__isnull=False),
                name="evaluation_of_a_matter_or_a_visit",
            ),
        ]
        indexes = [
            models.Index(fields=("-rated_at", "-id"), name="evaluation_newest"),
            models.Index(fields=("level", "id"), name="evaluation_worst"),
            models.Index(fields=("unit", "-rated_at", "-id"), name="evaluation_of_unit"),
            models.Index(fields=("month",), name="evaluation_by_month"),
            models.Index(
                fields=("-reviewed_at",), condition=Q(publication="published"), name="evaluation_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.level}"

    @property
    def is_bad(self) -> bool:
        """Whether the rater was dissatisfied (two or less)."""
        return self.level <= 2


class Invitation(models.Model):
    """A link by which one visit or matter may be rated once without an account, until a day.

    Nothing secret is stored: the code in the link is this row's number with a signature.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    matter = models.BigIntegerField(null=True, unique=True)
    ticket = models.CharField(max_length=60, null=True, unique=True)
    service = models.CharField(max_length=160, blank=True)
    service_en = models.CharField(max_length=240, blank=True)
    unit = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    evaluation = models.OneToOneField(
        Evaluation, null=True, on_delete=models.PROTECT, related_name="invitation"
    )

    def __str__(self) -> str:
        return f"{self.ticket or self.matter}"


class Rectification(models.Model):
    """The case that a bad rating opened (差评整改): measures with evidence, then a return visit."""

    class State(models.TextChoices):
        HANDLING = "handling", pgettext_lazy("rectification", "Being put right")
        VISITING = "visiting", pgettext_lazy("rectification", "Return visit to come")
        CLOSED = "closed", pgettext_lazy("rectification", "Put right")
        UNCOUNTED = "uncounted", pgettext_lazy("rectification", "Rating does not count")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    evaluation = models.OneToOneField(Evaluation, on_delete=models.PROTECT, related_name="rectification")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HANDLING)
    due_on = models.DateField()
    measures = models.TextField(blank=True)
    handled_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    handled_at = models.DateTimeField(null=True)
    rounds = models.PositiveSmallIntegerField(default=1)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"{self.evaluation} {self.state}"


class ReturnVisit(models.Model):
    """Somebody not concerned asked the rater again (回访): how, what was answered, the level now."""

    class Way(models.TextChoices):
        PHONE = "phone", _("By phone")
        DOOR = "door", _("At the enterprise")
        ONLINE = "online", _("In writing, online")

    class Answer(models.TextChoices):
        SATISFIED = "satisfied", _("Satisfied with the rectification")
        DISSATISFIED = "dissatisfied", _("Not satisfied, to be put right again")
        UNREACHABLE = "unreachable", _("Could not be reached")

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="visits")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    way = models.CharField(_("How"), max_length=10, choices=Way.choices)
    answer = models.CharField(_("Answer"), max_length=15, choices=Answer.choices)
    words = models.TextField(blank=True)
    new_level = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ("round", "pk")
        constraints = [
            models.UniqueConstraint(fields=("evaluation", "round"), name="return_visit_round_once"),
            models.CheckConstraint(
                condition=Q(new_level=None) | Q(new_level__range=(1, 5)), name="return_visit_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}/{self.round}"


class Appeal(models.Model):
    """The rated unit says that a rating should not count (申诉); somebody else re-checks it (复核)."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("appeal", "To be re-checked")
        KEPT = "kept", pgettext_lazy("appeal", "The rating counts")
        REMOVED = "removed", pgettext_lazy("appeal", "The rating does not count")

    evaluation = models.OneToOneField(Evaluation, on_delete=models.PROTECT, related_name="appeal")
    reason = models.TextField()
    by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decision = models.TextField(blank=True)
    decided_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="appeal_decided_says_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.state}"


class Complaint(models.Model):
    """A complaint that came out of a rating (投诉): a case of its own, answered in writing."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    evaluation = models.OneToOneField(Evaluation, on_delete=models.PROTECT, related_name="complaint")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.case_id}"
