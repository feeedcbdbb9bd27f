"""Matters as statistics and ratings may know them: items whose clock has ended, and what was rated."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from jingkai.casework.cases.data import SENT_BACK
from jingkai.casework.cases.models import Task
from jingkai.casework.clock.data import EntryKind, State
from jingkai.casework.clock.models import LedgerEntry
from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.organisation.models import Post
from jingkai.modules.approvals.data import HandledItem, RatedItem, RatedMatter, RatingPages
from jingkai.modules.approvals.models import Application, ApplicationItem, Correction

FINISHED = (Application.State.DECIDED, Application.State.REFUSED)
rating_pages: Registry[RatingPages] = Registry("rating_pages", key=lambda _pages: "")
"""Where matters are rated: one way only, of whoever keeps ratings; see `data.RatingPages`."""

GIVEN_UP = "withdrawn"
"""The outcome of a clock that ended because the applicant took the matter back: nothing was handled."""
GIVEN_BACK = (SENT_BACK, "return")
BATCH = 500


def handled_items(
    *, application_id: int | None = None, after: int = 0, limit: int = BATCH
) -> list[HandledItem]:
    """The items that were handled to their end, by their numbers, of one matter or of all behind `after`.

    Four questions, however many items.
    """
    found = ApplicationItem.objects.filter(pk__gt=after, clock__state=State.STOPPED.value)
    found = found.exclude(clock__outcome=GIVEN_UP)
    if application_id is not None:
        found = found.filter(application_id=application_id)
    rows = list(_with_names(found).order_by("pk")[:limit])
    cases = [row.application.case_id for row in rows]
    done, holds = _done(cases), _holds(row.clock_id for row in rows)
    corrected = set(
        Correction.objects.filter(application__in=[row.application_id for row in rows]).values_list(
            "application_id", flat=True
        )
    )
    return [_handled(row, done, holds, corrections=int(row.application_id in corrected)) for row in rows]


def _with_names(rows: QuerySet[ApplicationItem]) -> QuerySet[ApplicationItem]:
    return rows.select_related("item", "clock", "run", "application__case", "application__package")


def _done(case_ids: Iterable[int | None]) -> Mapping[int, list[Task]]:
    """What was done in each case, in its order."""
    found = defaultdict(list)
    for task in Task.objects.filter(case__in=set(case_ids), state=Task.State.DONE).order_by(
        "closed_at", "pk"
    ):
        found[task.case_id].append(task)
    return found


def _holds(clock_ids: Iterable[int]) -> Mapping[int, Counter[str]]:
    """Days left out of each clock, by reason."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    lines = LedgerEntry.objects.filter(clock__in=list(clock_ids), kind=EntryKind.RESUME.value, days__gt=0)
    for clock_id, reason, days in lines.values_list("clock_id", "reason_code", "days"):
        found[clock_id][reason] += days
    return found


def _handled(
    row: ApplicationItem,
    done: Mapping[int, list[Task]],
    holds: Mapping[int, Counter[str]],
    *,
    corrections: int,
) -> HandledItem:
    matter, clock, limit = row.application, row.clock, row.clock.limit_value
    assert matter.case is not None
    tasks, run = done.get(matter.case.pk, []), getattr(row, "run", None)
    return HandledItem(
        item_id=row.pk,
        application_id=matter.pk,
        case_id=matter.case.pk,
        reference=matter.case.reference,
        title=matter.case.title,
        title_en=matter.case.title_en,
        enterprise_id=matter.enterprise_id,
        package_code=row.item.code if matter.package.version_of_id else matter.package.code,
        package_name=matter.package.name,
        package_name_en=matter.package.name_en,
        item_code=row.item.code,
        item_name=row.item.name,
        item_name_en=row.item.name_en,
        unit_id=row.unit_id,
        person_id=_who(task for task in tasks if task.branch == row.branch),
        started_on=clock.started_on,
        concluded_on=clock.stopped_on or clock.started_on,
        outcome=clock.outcome,
        day_unit=limit.unit.value,
        statutory=limit.amount,
        promised=limit.promised,
        actual=clock.used_days or 0,
        extended=clock.extended_days,
        on_time=bool(clock.on_time),
        trips=row.item.visits + corrections,
        corrections=corrections,
        returned=_returned(row, tasks),
        simulated=bool(run and run.simulated),
        holds=tuple(sorted(holds.get(clock.pk, {}).items())),
    )


def _returned(row: ApplicationItem, tasks: Iterable[Task]) -> int:
    """How often this item's work was sent back; what lies behind the join belongs to the deciding item."""
    of_item = (row.branch, "") if row.decides else (row.branch,)
    return sum(task.outcome in GIVEN_BACK and task.branch in of_item for task in tasks)


def _who(tasks: Iterable[Task]) -> int | None:
    """In whose hand the last of these tasks was: its holder, though a deputy may have finished it."""
    people = [task.on_behalf_of_id or task.closed_by_id for task in tasks]
    return people[-1] if people else None


def rated_matter(*, application_id: int, branch: str = "") -> RatedMatter:
    """What a rating is about; `branch` names one item of a package. Errors: Application.DoesNotExist."""
    return _rated(_rateable().get(pk=application_id), branch)


def handler_of(*, application_id: int) -> int | None:
    """The person who handles a matter for the enterprise; None where there is no such matter."""
    return Application.objects.filter(pk=application_id).values_list("handler_id", flat=True).first()


def rated_matter_of(*, enterprise_ids: Iterable[int], uuid: str) -> RatedMatter:
    """The same, by its address, for the enterprise's own people. Errors: Application.DoesNotExist."""
    return _rated(_rateable().get(uuid=uuid, enterprise__in=list(enterprise_ids)))


def _rateable() -> QuerySet[Application]:
    return Application.objects.filter(case__isnull=False).select_related("case", "package", "rating")


def _rated(matter: Application, branch: str = "") -> RatedMatter:
    assert matter.case is not None
    items = list(matter.items.select_related("item"))
    deciding = [one for one in items if one.decides]
    usual = next(iter(deciding or items[-1:]), None)
    place = next((one for one in deciding if one.branch == branch), usual)
    tasks = _done([matter.case_id]).get(matter.case.pk, [])
    own = [task for task in tasks if task.branch == place.branch] if place else tasks
    rating = getattr(matter, "rating", None)
    last = next((task for task in reversed(own) if task.pool_id != matter.enterprise_id), None)
    name = place.item if place else matter.package
    return RatedMatter(
        application_id=matter.pk,
        uuid=str(matter.uuid),
        case_id=matter.case.pk,
        case_uuid=str(matter.case.uuid),
        reference=matter.case.reference,
        title=matter.case.title,
        title_en=matter.case.title_en,
        item_code=name.code,
        item_name=name.name,
        item_name_en=name.name_en,
        unit_id=place.unit_id if place else _unit_of(last or _newest_task(matter.case.pk)),
        person_id=_who([last] if last else []),
        enterprise_id=matter.enterprise_id,
        handler_id=matter.handler_id,
        finished=matter.state in FINISHED,
        level=rating.level if rating else 0,
        reasons=tuple(rating.reasons) if rating else (),
        comment=rating.comment if rating else "",
        rated_by_id=rating.rated_by_id if rating else None,
        rated_at=rating.rated_at if rating else None,
        choices=tuple(RatedItem(one.branch, one.item.name, one.item.name_en) for one in deciding)
        if len(deciding) > 1
        else (),
    )


def _newest_task(case_id: int) -> Task | None:
    """The newest piece of work: who has a matter of which nothing is done yet."""
    return Task.objects.filter(case=case_id).order_by("pk").last()


def _unit_of(task: Task | None) -> int:
    """The unit out of whose pool a task came; a matter that ended at the window was the window's."""
    assert task is not None
    assert task.pool_id is not None
    unit = Post.objects.filter(pk=task.pool_id).values_list("unit_id", flat=True).first()
    return unit or task.pool_id
