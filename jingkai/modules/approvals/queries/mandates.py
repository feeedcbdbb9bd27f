"""Mandates and reissues as lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from jingkai.kernel.hooks.api import Prepared
from jingkai.modules.approvals.models import Application, Mandate, Reissue


def has_mandates() -> bool:
    """Whether anybody ever gave a mandate in this installation."""
    return Mandate.objects.exists()


def active_agents(application: Application) -> list[int]:
    """Give the persons who act for an enterprise in a matter today, by their mandates."""
    return [one.agent_id for one in _ACTIVE.fetch(application=application.pk)]


_ACTIVE = Prepared(
    lambda slots: Mandate.objects.filter(matters=slots.number("application"), state=Mandate.State.ACTIVE)
)


def filtered_mandates(
    *, enterprise_ids: Collection[int] | None = None, agent_id: int | None = None, text: str = ""
) -> QuerySet[Mandate]:
    """Mandates of these enterprises, or of one agent, narrowed by words."""
    found = Mandate.objects.select_related("enterprise", "agent")
    if enterprise_ids is not None:
        found = found.filter(enterprise_id__in=enterprise_ids)
    if agent_id is not None:
        found = found.filter(agent_id=agent_id)
    if text:
        found = found.filter(
            Q(project_name__icontains=text)
            | Q(enterprise__name__icontains=text)
            | Q(agent__name__icontains=text)
        )
    return found


def matters_of_mandates(mandate_ids: Sequence[int]) -> dict[int, list[Application]]:
    """The matters under each of these mandates, discarded drafts left out: two queries."""
    joined = Mandate.objects.filter(pk__in=mandate_ids, matters__isnull=False)
    pairs = list(joined.order_by("matters__pk").values_list("pk", "matters__pk"))
    rows = Application.objects.filter(pk__in={application for _mandate, application in pairs})
    known = {
        one.pk: one
        for one in rows.exclude(state=Application.State.DISCARDED).select_related("package", "case")
    }
    found: dict[int, list[Application]] = defaultdict(list)
    for mandate, application in pairs:
        if application in known:
            found[mandate].append(known[application])
    return dict(found)


def filtered_reissues(
    *, unit_ids: Collection[int], on: date, text: str = "", state: str = ""
) -> QuerySet[Reissue]:
    """Documents to be reissued and reissued by these departments, narrowed."""
    found: QuerySet[Any] = Reissue.objects.filter(unit_id__in=unit_ids).select_related(
        "run__catalogue_item", "run__application__case", "run__item__decision__document", "clock", "document"
    )
    match state:
        case "open":
            found = found.filter(done_at=None)
        case "late":
            found = found.filter(done_at=None, clock__due_on__lt=on)
        case "done":
            found = found.exclude(done_at=None)
    if text:
        found = found.filter(
            Q(run__catalogue_item__result_name__icontains=text)
            | Q(run__application__case__reference__icontains=text)
            | Q(run__application__facts__project_name__icontains=text)
        )
    return found
