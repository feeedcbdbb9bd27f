"""Figures of ratings by unit, item or month: counted by the database, one statement each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jingkai.kernel.hooks.api import may_lag
from jingkai.modules.evaluations.data import Dimension, Figures
from jingkai.modules.evaluations.models import Evaluation, Rectification, ReturnVisit

KEYS = {
    Dimension.UNIT: ("unit_id", "unit__name", "unit__name_en"),
    Dimension.ITEM: ("item_code", "item_name", "item_name_en"),
    Dimension.MONTH: ("month",),
}
BAD, GOOD = Q(level__lte=2), Q(level__gte=3)
COMMENTS = 10


@may_lag
def figures_by(dimension: Dimension, *, since: date, until: date) -> list[Figures]:
    """Figures of the counted ratings between two months, both included, one row for each unit, item or month.

    A bad rating is due to be put right; it counts as put right once a return visit has closed its case.
    """
    keys = KEYS[dimension]
    visited = ReturnVisit.objects.filter(evaluation=OuterRef("pk"))
    rows = _counted(since, until).annotate(visited=Exists(visited)).order_by()
    counted = rows.values(*keys).annotate(
        count=Count("pk"),
        satisfied=Count("pk", filter=GOOD),
        bad=Count("pk", filter=BAD),
        rectified=Count("pk", filter=BAD & Q(rectification__state=Rectification.State.CLOSED)),
        asked=Count("pk", filter=BAD & Q(visited=True)),
    )
    found = [_figures(dimension, row) for row in counted]
    if dimension is Dimension.MONTH:
        return sorted(found, key=lambda one: one.key)
    return sorted(found, key=lambda one: (-one.count, one.key))


def _counted(since: date, until: date) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(counted=True, month__gte=since, month__lte=until)


def _figures(dimension: Dimension, row: dict[str, Any]) -> Figures:
    key, *names = (str(row[name] or "") for name in KEYS[dimension])
    return Figures(
        key=key,
        name=names[0] if names else key[:7],
        name_en=names[1] if names else key[:7],
        count=row["count"],
        satisfied=row["satisfied"],
        bad=row["bad"],
        rectified=row["rectified"],
        due=row["bad"],
        visited=row["asked"],
    )


def summed(rows: Iterable[Figures]) -> Figures:
    """All rows in one: counts add up, shares follow from them."""
    found = list(rows)
    return Figures(
        key="",
        name="",
        name_en="",
        count=sum(one.count for one in found),
        satisfied=sum(one.satisfied for one in found),
        bad=sum(one.bad for one in found),
        rectified=sum(one.rectified for one in found),
        due=sum(one.due for one in found),
        visited=sum(one.visited for one in found),
    )


@may_lag
def newest_comments(*, limit: int = COMMENTS) -> list[Evaluation]:
    """The newest comments that somebody has cleared for the public, with unit and applicant."""
    rows = Evaluation.objects.filter(publication=Evaluation.Publication.PUBLISHED, counted=True)
    return list(rows.select_related("unit", "enterprise").order_by("-reviewed_at", "-pk")[:limit])
