"""Figures of the service hall at the head of an enterprise's home page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import PreparedValues, Slots, url_of
from jingkai.modules.approvals.models import Application
from jingkai.modules.enterprises import api as enterprises
from jingkai.ui.data import Stat

State = Application.State


def _figures(slots: Slots) -> QuerySet[Any, Any]:
    visible = enterprises.visible_to(slots.numbers("enterprises"), slots.number("person"))
    rows = Application.objects.filter(visible, enterprise_id=slots.number("enterprise"))
    decided = Q(state=State.DECIDED)
    return (
        rows.order_by()
        .values("enterprise_id")
        .annotate(
            drafts=Count("pk", filter=Q(state=State.DRAFT)),
            waiting=Count("pk", filter=Q(state=State.CORRECTING)),
            running=Count("pk", filter=Q(state__in=(State.SUBMITTED, State.ACCEPTED))),
            decided=Count("pk", filter=decided),
            unrated=Count("pk", filter=decided & Q(rating__isnull=True)),
        )
    )


_FIGURES = PreparedValues(_figures)
_NO_FIGURES = {"drafts": 0, "waiting": 0, "running": 0, "decided": 0, "unrated": 0}


def own_matters(request: Any, enterprise: Any) -> list[Stat]:
    """How many drafts are kept, how many matters wait for the enterprise, run, are done, lack a rating."""
    actor = request.actor
    seen = {"enterprises": list(actor.enterprise_ids), "person": actor.party_id}
    found = _FIGURES.first(enterprise=enterprise.pk, **seen) or _NO_FIGURES
    here = url_of("approvals:my")
    unrated = _("%(number)s not rated yet") % {"number": found["unrated"]} if found["unrated"] else ""
    waiting = str(found["waiting"])
    return [
        Stat(_("Drafts kept"), str(found["drafts"]), url=f"{here}?state={State.DRAFT}"),
        Stat(_("Waiting for your corrections"), waiting, url=f"{here}?state={State.CORRECTING}"),
        Stat(_("Running matters"), str(found["running"]), url=f"{here}?state={State.ACCEPTED}"),
        Stat(_("Results issued"), str(found["decided"]), note=unrated, url=f"{here}?state={State.DECIDED}"),
    ]
