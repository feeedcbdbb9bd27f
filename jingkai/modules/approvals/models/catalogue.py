"""The catalogue of service items (实施清单) and the packages that join them (一件事)."""

from __future__ import annotations

from django.db import models
from uuid6 import uuid7

from jingkai.kernel.parties.models import Party
from jingkai.records.files.models import Attachment


class Item(models.Model):
    """One power or service as the zone implements it (实施清单, GB/T 39554 family).

    The columns are those of the version in force today (`models.items`), so that lists and running matters
    read them without it. `limit_key` names the effective-dated limit rule and is empty where no law sets a
    limit; `promised` is this zone's own shorter promise, in the limit's unit or in `promised_unit`.
    `confirmed` is false until the zone has checked every legal statement against a local instrument.
    """

    class Kind(models.TextChoices):
        PERMIT = "permit", "行政许可"
        CONFIRMATION = "confirmation", "行政确认"
        FILING = "filing", "备案"
        REVIEW = "review", "行政审查"
        REGISTRATION = "registration", "手续办理"
        SERVICE = "service", "公共服务"

    class State(models.TextChoices):
        DRAFT = "draft", "未发布"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已取消"

    code = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PUBLISHED)
    line = models.CharField(max_length=20, default="other")
    basic_code = models.CharField(max_length=12, blank=True)
    implementing_code = models.CharField(max_length=31, blank=True)
    handling_code = models.CharField(max_length=33, blank=True)
    level = models.CharField(max_length=20, blank=True)
    organ = models.CharField(max_length=120, blank=True)
    organ_en = models.CharField(max_length=200, blank=True)
    audience = models.JSONField(default=list)
    online_depth = models.PositiveSmallIntegerField(default=0)
    keywords = models.TextField(blank=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    limit_key = models.CharField(max_length=60, blank=True)
    promised = models.PositiveSmallIntegerField(null=True)
    promised_unit = models.CharField(max_length=12, default="working")
    legal_basis = models.TextField()
    legal_basis_en = models.TextField()
    conditions = models.TextField()
    conditions_en = models.TextField()
    fee = models.TextField()
    fee_en = models.TextField()
    result_name = models.CharField(max_length=120)
    result_name_en = models.CharField(max_length=200)
    remedy = models.TextField()
    remedy_en = models.TextField()
    visits = models.PositiveSmallIntegerField(default=0)
    confirmed = models.BooleanField(default=False)
    current = models.ForeignKey(
        "approvals.ItemVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    updated_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("code",)
        indexes = [models.Index(fields=("name", "id"), name="item_by_name")]
        constraints = [
            models.UniqueConstraint(
                fields=("handling_code",),
                condition=~models.Q(handling_code=""),
                name="item_handling_code_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Package(models.Model):
    """Several items that one application opens as one case (一件事, 并联审批).

    `version_of` names the version of the one item that is applied for by itself: such a package stands in no
    list, is made when the item is first asked for, and gives way to that of the item's next version.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    summary = models.TextField()
    summary_en = models.TextField()
    audience = models.CharField(max_length=120)
    audience_en = models.CharField(max_length=200)
    keywords = models.TextField(blank=True)
    place = models.CharField(max_length=200)
    place_en = models.CharField(max_length=300)
    phone = models.CharField(max_length=40)
    flow_key = models.CharField(max_length=80)
    version_of = models.OneToOneField(
        "approvals.ItemVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    published = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    items: models.ManyToManyField[Item, PackageItem] = models.ManyToManyField(
        Item, through="PackageItem", related_name="+"
    )

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def service_code(self) -> str:
        """How other systems name it: by its own code, a single item as `item:` and the item's."""
        if self.version_of_id is None:
            return self.code
        return f"item:{self.code.removeprefix('item-').rpartition('-')[0]}"


class PackageItem(models.Model):
    """The place of an item in a package: its branch in the flow and its order on the page."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="places")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    branch = models.SlugField(max_length=40)
    order = models.PositiveSmallIntegerField()
    decides = models.BooleanField(default=False)

    class Meta:
        ordering = ("order",)
        constraints = [
            models.UniqueConstraint(fields=("package", "branch"), name="package_branch_once"),
            models.UniqueConstraint(fields=("package", "item"), name="package_item_once"),
        ]

    def __str__(self) -> str:
        return self.branch


class Material(models.Model):
    """A material that a package asks for, once, for all of its items (共享材料).

    It is needed where its `condition` holds for the facts (`building_area > 300`), always where it has none.
    `licence_type` names the type of the enterprise's library that serves as it.
    """

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="materials")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=240)
    requirement = models.TextField(blank=True)
    requirement_en = models.TextField(blank=True)
    source = models.CharField(max_length=120)
    source_en = models.CharField(max_length=200)
    required = models.BooleanField(default=True)
    condition = models.CharField(max_length=500, blank=True, default="")
    licence_type = models.SlugField(max_length=60, blank=True, default="")
    accepted = models.JSONField(default=list)
    order = models.PositiveSmallIntegerField()
    items: models.ManyToManyField[Item, models.Model] = models.ManyToManyField(Item, related_name="+")
    blank_form = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("package", "code"), name="material_code_once")]

    def __str__(self) -> str:
        return self.name
