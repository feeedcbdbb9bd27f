"""Units, posts, who holds them, what they may do, and who stands in for whom."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from jingkai.kernel.organisation.data import Administration, UnitKind
from jingkai.kernel.parties.models import Party, Person


class DateRange(Func):
    """`daterange(starts_on, ends_on, '[]')`: both days included, an open end is forever."""

    function = "daterange"

    def __init__(self) -> None:
        super().__init__(F("starts_on"), F("ends_on"), Value("[]"))


class Park(models.Model):
    """A park of the zone (一区多园)."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(_("short code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True, default="")
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit of the zone: committee, bureau, centre, dispatched office, platform company.

    A dispatched office (派驻机构) is led twice: by the zone (`parent`) and by the department that sent it
    (`home_unit`, a unit outside the zone).
    """

    class Kind(models.TextChoices):
        """The same words as `data.UnitKind`, with labels."""

        COMMITTEE = UnitKind.COMMITTEE.value, _("Committee")
        BUREAU = UnitKind.BUREAU.value, _("Bureau")
        CENTRE = UnitKind.CENTRE.value, _("Centre")
        DISPATCHED = UnitKind.DISPATCHED.value, _("Dispatched office")
        PLATFORM = UnitKind.PLATFORM.value, _("Platform company")
        OUTSIDE = UnitKind.OUTSIDE.value, _("Department outside the zone")

    party = models.OneToOneField(
        Party, primary_key=True, on_delete=models.PROTECT, related_name="unit", verbose_name=_("party")
    )
    code = models.SlugField(_("short code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    home_unit = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dispatched",
        verbose_name=_("sent by"),
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(home_unit__isnull=True) | Q(kind=UnitKind.DISPATCHED.value),
                name="organisation_only_dispatched_have_a_home",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("party")),
                name="organisation_unit_not_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.party.name


class Role(models.Model):
    """A named set of permissions that is put on posts."""

    class Admin(models.TextChoices):
        """The same words as `data.Administration`, with labels."""

        SYSTEM = Administration.SYSTEM.value, _("System administrator")
        SECURITY = Administration.SECURITY.value, _("Security administrator")
        AUDIT = Administration.AUDIT.value, _("Audit administrator")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(_("short code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True, default="")
    permissions = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    administration = models.CharField(
        _("administration"), max_length=10, choices=Admin.choices, blank=True, default=""
    )
    standard = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class GivenRight(models.Model):
    """A right that the product gave to a standard role once, and since when; it never gives it a second time.

    So a later release knows which rights are new, and what an administrator took away stays away.
    """

    class How(models.TextChoices):
        """On what occasion."""

        FOUNDING = "founding", _("When the role was made")
        RELEASE = "release", _("By a release")

    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="given_rights", verbose_name=_("role")
    )
    code = models.CharField(_("right"), max_length=80)
    how = models.CharField(max_length=8, choices=How.choices)
    release = models.CharField(_("release"), max_length=40, blank=True, default="")
    given_at = models.DateTimeField(_("given on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "code"], name="organisation_right_given_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} {self.code} {self.release}"


class Post(models.Model):
    """A post in a unit. Rights hang on the post, not on the person who happens to hold it."""

    party = models.OneToOneField(
        Party, primary_key=True, on_delete=models.PROTECT, related_name="post", verbose_name=_("party")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts", verbose_name=_("unit"))
    title = models.CharField(_("post title"), max_length=100)
    title_en = models.CharField(_("Post title in English"), max_length=100, blank=True, default="")
    head = models.BooleanField(_("heads the unit"), default=False)
    roles = models.ManyToManyField(Role, blank=True, related_name="posts", verbose_name=_("roles"))
    order = models.PositiveIntegerField(_("order"), default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "title"], name="organisation_title_once_in_a_unit"),
        ]

    def __str__(self) -> str:
        return self.title


class Appointment(models.Model):
    """A person holds a post from a day until a day."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("post")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True)  # entered by mistake; kept for the trail
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="organisation_appointment_dates_in_order",
            ),
            ExclusionConstraint(
                name="organisation_same_post_no_overlap",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("post"), RangeOperators.EQUAL),
                    (DateRange(), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.post_id} from {self.starts_on}"


class Delegation(models.Model):
    """One person acts for another for a period, under both names."""

    class State(models.TextChoices):
        """Whether the delegation still counts."""

        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended early")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    from_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="delegations_given", verbose_name=_("from")
    )
    to_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="delegations_received", verbose_name=_("to")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    created_by = models.ForeignKey(
        Party, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_person=F("to_person")), name="organisation_delegation_to_another"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="organisation_delegation_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state="active") | Q(ended_at__isnull=False),
                name="organisation_ended_delegation_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_person", "ends_on"],
                condition=Q(state="active"),
                name="organisation_delegated_to",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_person_id} to {self.to_person_id} {self.starts_on}..{self.ends_on}"
