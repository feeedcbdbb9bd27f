"""A package's network as data, and a package under way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from jingkai.casework.cases.models import Task
from jingkai.kernel.hooks.api import PreparedValues, Registry, local
from jingkai.kernel.rules.api import find_rule
from jingkai.modules.approvals.data import MaterialCheck
from jingkai.modules.approvals.models import (
    Application,
    ConditionRun,
    Dependency,
    ItemPlan,
    ItemRun,
    LateMaterial,
    Package,
)
from jingkai.records.files.models import Attachment

OWNER = "application"

material_checks: Registry[MaterialCheck] = Registry("material_checks", key=lambda check: check.name)
"""What apps know of materials that have expired; see `data.MaterialCheck`."""


def has_network(package: Package) -> bool:
    """True where the items of a package wait for each other and each has a result of its own."""
    return ItemPlan.objects.filter(place__package=package).exists()


def dependencies_of(package: Package) -> dict[str, list[str]]:
    """The branches that each branch of a package waits for."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in _DEPENDENCIES.fetch(package=package.pk):
        found[row["after__branch"]].append(row["before__branch"])
    return dict(found)


_DEPENDENCIES = PreparedValues(
    lambda slots: (
        Dependency.objects.filter(after__package_id=slots.number("package"))
        .order_by("before__order")
        .values("before__branch", "after__branch")
    )
)


def runs_of(application: Application, *, lock: bool = False) -> list[ItemRun]:
    """The items of an application in the order of its package."""
    rows = ItemRun.objects.filter(application=application).select_related(
        "catalogue_item__unit",
        "condition__condition",
        "item__clock",
        "item__item",
        "application__case",
        "conditional",
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    runs = list(rows.order_by("order"))
    for run in runs:
        run.application = application
        if run.condition is not None:
            run.condition.application = application
        if run.item is not None:
            run.item.application = application
    return runs


def run_of_task(task: Task, application: Application) -> ItemRun:
    """The item that a task is about. Errors: ItemRun.DoesNotExist."""
    for run in runs_of(application):
        if run.branch == task.branch:
            return run
    raise ItemRun.DoesNotExist


def may_begin(run: ItemRun, by_branch: Mapping[str, ItemRun]) -> bool:
    """True where every predecessor has a result that this item may build on.

    A conditional result is enough for an item that waits for the same condition: both turn formal together.
    """
    return all(_is_enough(run, by_branch[one]) for one in run.after)


def _is_enough(run: ItemRun, before: ItemRun) -> bool:
    if before.state == ItemRun.State.GRANTED:
        return True
    same = run.condition_id is not None and run.condition_id == before.condition_id
    return same and before.state == ItemRun.State.CONDITIONAL


def missing_for_items(application: Application, *, on: date) -> dict[int, list[str]]:
    """The names of late materials that are missing or have expired, by the item that waits for them.

    The document of a condition is never among them: its items begin without it, simulated.
    """
    given = set(
        Attachment.objects.filter(owner_kind=OWNER, owner_id=application.pk, voided_at=None).values_list(
            "slot", flat=True
        )
    )
    for check in material_checks.all():
        given -= set(check.expired(application.pk, on))
    conditions = set(application.package.conditions.values_list("material_id", flat=True))
    missing: dict[int, list[str]] = defaultdict(list)
    late = LateMaterial.objects.filter(material__package_id=application.package_id)
    for one in late.select_related("material").prefetch_related("material__items"):
        if one.material.code not in given and one.material_id not in conditions:
            for item in one.material.items.all():
                missing[item.pk].append(local(one.material, "name"))
    return dict(missing)


def condition_of_task(task: Task, application: Application) -> ConditionRun:
    """The condition that a task is about, by the node's name. Errors: ConditionRun.DoesNotExist."""
    rows = application.conditions.select_for_update(of=("self",)).select_related("condition__material")
    for one in rows:
        if task.node_id.split("_", 1)[-1] == one.condition.code.replace("-", "_"):
            one.application = application
            return one
    raise ConditionRun.DoesNotExist


def conditions_past(*, on: date) -> list[int]:
    """Conditions that are still awaited though their day is over."""
    rows = ConditionRun.objects.filter(state=ConditionRun.State.WAITING, valid_until__lt=on)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def conditions_due_soon(*, on: date) -> list[int]:
    """Conditions of whose end the enterprise must be warned now and was not, by the rule of each."""
    rows = ConditionRun.objects.filter(
        state=ConditionRun.State.WAITING, valid_until__gte=on, warned_at=None
    ).values_list("pk", "valid_until", "condition__rule_key")
    found = []
    for pk, until, key in rows:
        rule = find_rule("conditional_validity", key, on=on)
        if rule is not None and until is not None and (until - on).days <= int(rule.value["warn"]):
            found.append(pk)
    return found
