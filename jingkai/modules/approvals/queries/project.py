"""A package as a network: each item with its state, light and days, the longest path, and the comparison.

Every figure is computed from limits, clocks and the calendar; none is typed. All are working days, so that
limits in natural days can be added to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from jingkai.casework.clock import api as clock
from jingkai.casework.clock.data import LimitValue
from jingkai.casework.clock.data import Unit as LimitUnit
from jingkai.casework.clock.models import Clock
from jingkai.kernel.calendar.api import Calendar, CalendarYearMissing, get_calendar
from jingkai.kernel.calendar.data import DaySpan
from jingkai.kernel.hooks.api import Prepared, local
from jingkai.kernel.organisation.data import UnitKind
from jingkai.kernel.organisation.models import Unit
from jingkai.modules.approvals.models import (
    Application,
    Decision,
    Item,
    ItemPlan,
    ItemRun,
    Package,
)
from jingkai.modules.approvals.queries.items import limits_of_items
from jingkai.modules.approvals.queries.paths import Leg, Schedule, plan
from jingkai.modules.approvals.queries.runs import dependencies_of, missing_for_items, runs_of
from jingkai.ui.data import Light


@dataclass(frozen=True)
class Figures:
    """Statutory, promised and actual working days of one item; actual is None before it begins."""

    statutory: int
    promised: int
    actual: int | None = None
    held: int = 0

    @property
    def saved(self) -> int | None:
        """By how many percent the statutory limit was undercut."""
        if self.actual is None or not self.statutory:
            return None
        return round(100 - 100 * self.actual / self.statutory)


@dataclass(frozen=True)
class NetworkItem:
    """One item of the network: what it is, how far it is, what it waits for."""

    branch: str
    item: Item
    line: str
    figures: Figures
    days: int
    after: tuple[str, ...] = ()
    condition_name: str = ""
    run: ItemRun | None = None
    light: Light | None = None
    clock: Clock | None = None
    missing: tuple[str, ...] = ()
    document: str = ""

    @property
    def is_conditional(self) -> bool:
        """True where the result depends on a document that may come later."""
        return bool(self.condition_name)


@dataclass(frozen=True)
class Whole:
    """The comparison of the whole package, in working days.

    `statutory` and `promised` are the longest paths over the limits, `in_turn` what the statutory limits come
    to one after the other. `actual` counts every day on which at least one item was counting, once.
    """

    in_turn: int
    statutory: int
    promised: int
    actual: int


@dataclass(frozen=True)
class Network:
    """Everything that the picture, its table and the comparison show."""

    items: Sequence[NetworkItem]
    schedule: Schedule
    whole: Whole
    departments: int
    by_branch: Mapping[str, NetworkItem] = field(default_factory=dict)

    @property
    def critical(self) -> list[NetworkItem]:
        """The items on the longest path, in order."""
        found = [one for one in self.items if one.branch in self.schedule.critical]
        return sorted(found, key=lambda one: self.schedule.starts[one.branch])


_PLANS = Prepared(
    lambda slots: (
        ItemPlan.objects.filter(place__package_id=slots.number("package"))
        .select_related("place__item__unit", "condition")
        .order_by("place__order")
    )
)


def network_of_package(package: Package, *, on: date) -> Network | None:
    """The network of a package as anybody may read it; None where it has none."""
    plans = _PLANS.fetch(package=package.pk)
    if not plans:
        return None
    needs, calendar = dependencies_of(package), get_calendar()
    limits = limits_of_items([(one.place.item, "") for one in plans], on=on)
    items = []
    for one, limit in zip(plans, limits, strict=True):
        item = one.place.item
        figures = figures_of(limit, item.promised, on, calendar)
        items.append(
            NetworkItem(
                branch=one.place.branch,
                item=item,
                line=one.line,
                figures=figures,
                days=figures.promised,
                after=tuple(needs.get(one.place.branch, ())),
                condition_name=local(one.condition, "name") if one.condition else "",
            )
        )
    return _network(items, actual=0)


def network_of(application: Application, *, at: datetime) -> Network | None:
    """The network of an application as it stands at a moment; None where its package has none."""
    runs = runs_of(application)
    if not runs:
        return None
    today, calendar = timezone.localdate(at), get_calendar()
    waiting = {run.catalogue_item.pk: run.catalogue_item for run in runs if run.item is None}
    found = limits_of_items([(item, "") for item in waiting.values()], on=today)
    limits = dict(zip(waiting, found, strict=True))
    missing, documents = missing_for_items(application, on=today), _documents(application)
    items = [_running(run, limits, calendar, at=at, missing=missing, documents=documents) for run in runs]
    clocks = [run.item.clock for run in runs if run.item is not None]
    return _network(items, actual=len(counted_days(clocks, calendar, until=today)))


def figures_of(
    limit: LimitValue, promised: int | None, start: date, calendar: Calendar, *, more: int = 0
) -> Figures:
    """The days of a limit as working days from a day on; natural days are counted by the calendar."""
    statutory = working_days(limit.amount + more, limit.unit, start, calendar)
    own = promised if promised is not None else limit.promised
    return Figures(statutory, working_days(own, limit.unit, start, calendar) if own else statutory)


def working_days(amount: int, unit: str, start: date, calendar: Calendar) -> int:
    """How many working days so many days of a unit are; beyond the calendar, five of seven natural days."""
    if unit != LimitUnit.NATURAL:
        return amount
    try:
        return max(1, calendar.working_days_between(start, start + timedelta(days=amount)))
    except CalendarYearMissing:
        return -(-amount * 5 // 7)


def counted_days(clocks: Iterable[Clock], calendar: Calendar, *, until: date) -> set[date]:
    """Every working day on which at least one of these clocks was counting: parallel days count once."""
    days: set[date] = set()
    for one in clocks:
        last = min(one.stopped_on or until, until)
        first = one.started_on + timedelta(days=1)
        if first > last:
            continue
        held = clock.union_excluded([one], until=last)
        days |= {
            day
            for day in DaySpan(first, last).days()
            if calendar.is_working(day) and not any(day in span for span in held)
        }
    return days


def _running(
    run: ItemRun,
    limits: Mapping[int, LimitValue],
    calendar: Calendar,
    *,
    at: datetime,
    missing: Mapping[int, list[str]],
    documents: Mapping[int, str],
) -> NetworkItem:
    today, catalogue = timezone.localdate(at), run.catalogue_item
    condition = local(run.condition.condition, "name") if run.condition else ""
    if run.item is None:
        figures = figures_of(limits[catalogue.pk], catalogue.promised, today, calendar)
        gone = run.state in (ItemRun.State.DROPPED, ItemRun.State.LAPSED)
        return NetworkItem(
            branch=run.branch,
            item=catalogue,
            line=run.line,
            figures=figures,
            days=0 if gone else figures.promised,
            after=tuple(run.after),
            condition_name=condition,
            run=run,
            missing=tuple(missing.get(catalogue.pk, ())),
        )
    own = run.item.clock
    figures = _actual(own, calendar, today)
    left = 0
    if own.state != clock.State.STOPPED:
        due = own.promised_due_on if own.promised_due_on and own.promised_due_on >= today else own.due_on
        left = max(0, calendar.working_days_between(today, due))
    return NetworkItem(
        branch=run.branch,
        item=catalogue,
        line=run.line,
        figures=figures,
        days=max(1, (figures.actual or 0) + left)
        if own.state != clock.State.STOPPED
        else figures.actual or 0,
        after=tuple(run.after),
        condition_name=condition,
        run=run,
        light=clock.light_of(own, at, calendar),
        clock=own,
        document=documents.get(run.item.pk, ""),
    )


def _actual(own: Clock, calendar: Calendar, today: date) -> Figures:
    limit = own.limit_value
    plain = figures_of(limit, limit.promised, own.started_on, calendar, more=own.extended_days)
    held = sum(
        calendar.count_working_days(span)
        for span in clock.union_excluded([own], until=own.stopped_on or today)
    )
    actual = len(counted_days([own], calendar, until=today))
    return Figures(plain.statutory, plain.promised, actual, held)


def _documents(application: Application) -> dict[int, str]:
    rows = Decision.objects.filter(item__application=application, document__isnull=False)
    return dict(rows.values_list("item_id", "document__number_text"))


def _network(items: list[NetworkItem], *, actual: int) -> Network:
    schedule = plan([Leg(one.branch, one.days, one.after) for one in items])
    statutory = plan([Leg(one.branch, one.figures.statutory, one.after) for one in items]).length
    promised = plan([Leg(one.branch, one.figures.promised, one.after) for one in items]).length
    whole = Whole(sum(one.figures.statutory for one in items), statutory, promised, actual)
    return Network(
        items=items,
        schedule=schedule,
        whole=whole,
        departments=_departments({one.item.unit_id for one in items}),
        by_branch={one.branch: one for one in items},
    )


def _departments(units: set[int]) -> int:
    """How many departments take part: a centre counts with the bureau that it belongs to."""
    rows = Unit.objects.filter(pk__in=units).values_list("pk", "kind", "parent_id")
    return len({parent if kind == UnitKind.CENTRE and parent else pk for pk, kind, parent in rows})
