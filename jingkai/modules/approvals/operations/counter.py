"""Drafts opened at a window for an enterprise whose handler stands there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from jingkai.kernel.audit import api as audit
from jingkai.kernel.notices.api import notify
from jingkai.kernel.parties.api import get_person, representations_of
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import rules
from jingkai.modules.approvals.models import Application, Package
from jingkai.modules.approvals.operations.drafts import NotYours
from jingkai.modules.enterprises.api import known_facts


@transaction.atomic
def create_draft_at_counter(
    *,
    package: Package,
    enterprise_id: int,
    handler_id: int,
    consent: str,
    by: Actor,
    at: datetime,
) -> Application:
    """Open a draft in an enterprise's name for a handler who stands at the window and agrees.

    The draft is the enterprise's own: its handler goes on with it, the clerk cannot submit it. The trail
    names the clerk, the enterprise and how the handler agreed. Errors: NotYours.
    """
    acting = representations_of(enterprise_id, on=timezone.localdate(at))
    if rules.ACCEPT not in by.permissions or not consent or not acting.filter(person_id=handler_id).exists():
        raise NotYours
    application = Application.objects.create(
        package=package,
        enterprise_id=enterprise_id,
        handler_id=handler_id,
        facts=_known(enterprise_id, handler_id),
        created_at=at,
        updated_at=at,
    )
    audit.record(
        ("application", application.pk),
        action="application.drafted_at_counter",
        by=by,
        at=at,
        for_=enterprise_id,
        facts={"package": package.code, "handler": handler_id, "consent": consent},
    )
    notify(
        to=[handler_id],
        kind="draft_opened_at_counter",
        at=at,
        facts={"matter": package.name},
        url=reverse("approvals:facts", args=[application.uuid]),
    )
    return application


def _known(enterprise_id: int, handler_id: int) -> dict[str, Any]:
    """What the zone knows already, so that nobody is asked for it again."""
    handler, known = get_person(handler_id), known_facts(enterprise_id)
    facts = {
        "project_address": known.get("registered_address", ""),
        "contact_name": handler.party.name,
        "contact_phone": handler.phone or "",
    }
    return {name: value for name, value in facts.items() if value}
