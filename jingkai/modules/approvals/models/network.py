"""What a package (一件事) says of its items beyond their order: lines, dependencies, conditions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jingkai.kernel.parties.models import Party
from jingkai.modules.approvals.models.catalogue import Material, Package, PackageItem


class Line(models.TextChoices):
    """The four lines along which a project comes from its signature to its first day of building."""

    REGISTRATION = "registration", "注册登记"
    ENVIRONMENT = "environment", "环评"
    LAND = "land", "土地供应"
    CONSTRUCTION = "construction", "规划建设"


class PackageCondition(models.Model):
    """A document without which some results of a package have no effect, such as the land contract.

    Items that need it are reviewed in full before it is there (模拟审批). `rule_key` names the rule
    that says for how long a conditional result waits for it. `material` is where the document is handed in.
    """

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="conditions")
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    rule_key = models.CharField(max_length=60)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("package", "code"), name="condition_code_once")]

    def __str__(self) -> str:
        return self.name


class ItemPlan(models.Model):
    """Where an item stands in the network of its package.

    `condition` makes its result conditional until that document is there. `reissued_by` is the entrusting
    department outside the zone that issues its own document on seeing the zone's (见文换文).
    """

    place = models.OneToOneField(PackageItem, on_delete=models.CASCADE, related_name="plan")
    line = models.CharField(max_length=20, choices=Line.choices)
    condition = models.ForeignKey(PackageCondition, null=True, on_delete=models.SET_NULL, related_name="+")
    reissued_by = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.place} ({self.line})"


class Dependency(models.Model):
    """One item of a package begins only when another has concluded with a result."""

    before = models.ForeignKey(PackageItem, on_delete=models.CASCADE, related_name="opens")
    after = models.ForeignKey(PackageItem, on_delete=models.CASCADE, related_name="needs")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("before", "after"), name="dependency_once"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="dependency_on_another"),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class LateMaterial(models.Model):
    """A material that is not needed to apply, but before the items that it belongs to can begin."""

    material = models.OneToOneField(Material, on_delete=models.CASCADE, related_name="late")

    def __str__(self) -> str:
        return str(self.material)
