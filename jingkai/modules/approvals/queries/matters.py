"""Applications as officers, signers and enterprises look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from jingkai.casework.cases.models import Opinion, Task
from jingkai.casework.clock.data import EntryKind, State
from jingkai.casework.clock.models import Clock, LedgerEntry
from jingkai.kernel.hooks.api import Prepared
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    Decision,
    Material,
    Package,
    Question,
)

WITH_ALL = ("package", "enterprise", "handler", "case", "case__flow_version")


@dataclass(frozen=True)
class Conclusion:
    """The joint conclusion that the signer sees."""

    outcome: str
    text: str


def lock_by_case(*, case_id: int) -> Application:
    """Return the application of a case, locked for writing."""
    locked = Application.objects.select_for_update(of=("self",))
    return locked.select_related("package", "enterprise", "case").get(case_id=case_id)


def get_by_case(*, case_id: int) -> Application:
    """Return the application of a case with what its page shows."""
    return Application.objects.select_related(*WITH_ALL).get(case_id=case_id)


def get_for_enterprise(*, uuid: UUID, enterprise_ids: Sequence[int]) -> Application:
    """Return an application of one of these enterprises. Errors: Application.DoesNotExist."""
    found = _OF_ENTERPRISES.first(uuid=uuid, enterprises=list(enterprise_ids))
    if found is None:
        raise Application.DoesNotExist
    return found


_OF_ENTERPRISES = Prepared(
    lambda slots: Application.objects.select_related(*WITH_ALL).filter(
        uuid=slots.uuid("uuid"), enterprise_id__in=slots.numbers("enterprises")
    )
)


def list_of_enterprises(*, enterprise_ids: Sequence[int], limit: int = 50) -> list[Application]:
    """The newest applications of these enterprises, discarded drafts left out."""
    found = Application.objects.filter(enterprise_id__in=enterprise_ids).exclude(
        state=Application.State.DISCARDED
    )
    return list(found.select_related("package", "case", "enterprise").order_by("-updated_at", "-id")[:limit])


def has_applications() -> bool:
    """Whether anybody ever applied in this installation."""
    return Application.objects.exists()


def list_materials(package: Package) -> list[Material]:
    """The materials of a package in the order of its guide."""
    return _MATERIALS.fetch(package=package.pk)


_MATERIALS = Prepared(lambda slots: Material.objects.filter(package_id=slots.number("package")))


def newest_question(application: Application) -> Question | None:
    """The question that was asked last."""
    return Question.objects.filter(item__application=application).order_by("-asked_at", "-pk").first()


def item_of_task(*, task: Task, lock: bool = False) -> ApplicationItem:
    """The item that a review task is about, by its branch."""
    items = ApplicationItem.objects.select_related(
        "application__enterprise", "application__case", "clock", "item"
    )
    if lock:
        items = items.select_for_update(of=("self",))
    return items.get(application__case_id=task.case_id, branch=task.branch)


def basis_of(item: ApplicationItem, reason: str) -> str:
    """The article on which the item's clock may stand still for this reason; empty where it may not."""
    exclusion = item.clock.limit_value.exclusion(reason)
    return exclusion.article if exclusion else ""


def days_of_last_hold(item: ApplicationItem) -> int:
    """How many days the newest hold of the item's clock has left out."""
    ended = LedgerEntry.objects.filter(clock_id=item.clock_id, kind=EntryKind.RESUME)
    line = ended.order_by("-sequence").first()
    return line.days if line else 0


def is_on_hold(item: ApplicationItem) -> bool:
    """True while the item's clock stands still."""
    return Clock.objects.filter(pk=item.clock_id, state=State.SUSPENDED).exists()


def is_stopped(item: ApplicationItem) -> bool:
    """True once the item's clock has ended."""
    return Clock.objects.filter(pk=item.clock_id, state=State.STOPPED).exists()


def promised_day(application: Application) -> date | None:
    """The day by which the last department has promised to conclude."""
    clocks = Clock.objects.filter(pk__in=application.items.values_list("clock_id", flat=True))
    return max((one.promised_due_on or one.due_on for one in clocks), default=None)


def due_day(item: ApplicationItem) -> date:
    """The day on which the item's clock is due now."""
    return Clock.objects.get(pk=item.clock_id).due_on


def list_running_clocks(*, application: Application) -> list[Clock]:
    """Clocks of the application that were not stopped."""
    ids = [clock_id for clock_id in application.items.values_list("clock_id", flat=True) if clock_id]
    ids += list(application.submissions.values_list("clock_id", flat=True))
    ids += [one for one in application.conditions.values_list("turning_id", flat=True) if one]
    ids += list(application.runs.exclude(reissue=None).values_list("reissue__clock_id", flat=True))
    return list(Clock.objects.filter(pk__in=ids).exclude(state=State.STOPPED))


def list_objectors(*, application: Application) -> list[str]:
    """Names of the departments that did not agree."""
    objected = application.items.filter(state=ApplicationItem.State.OBJECTED)
    return list(objected.values_list("unit__name", flat=True))


def latest_conclusion(*, case_id: int) -> Conclusion:
    """The newest joint conclusion of the case. Errors: Opinion.DoesNotExist."""
    opinion = (
        Opinion.objects.filter(task__case_id=case_id, task__node_id="summarise")
        .order_by("-at", "-id")
        .first()
    )
    if opinion is None:
        raise Opinion.DoesNotExist
    return Conclusion(outcome=opinion.outcome, text=opinion.text)


def decision_to_seal(*, application: Application) -> Decision | None:
    """The signed decision that waits for its seal, locked; None where there is none."""
    return (
        Decision.objects.select_for_update(of=("self",))
        .select_related("item__item", "item__clock", "power", "signed_by")
        .filter(item__application=application, document=None)
        .first()
    )
