"""Starting a matter for the enterprise that stands at the window, with its consent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import record
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import representations_of
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals import api as approvals
from jingkai.modules.enterprises.api import find_by_code
from jingkai.modules.windows.data import TicketState
from jingkai.modules.windows.models import Ticket
from jingkai.modules.windows.operations.desk import at_desk


class EnterpriseUnknown(PersonFacingError):
    """The code names no registered enterprise."""

    status = 422
    sentence = _("No enterprise is registered here with this credit code.")
    advice = _("Enter it in the registry first (Enterprises › Enter an enterprise), with its handler.")


class VisitorDoesNotAct(PersonFacingError):
    """Whoever stands at the window acts for the enterprise, by the registry."""

    status = 422
    sentence = _("This person does not act for the enterprise today.")
    advice = _("Look at the letter of authority and enter the handler in the registry first.")


class ConsentMissing(PersonFacingError):
    """Nothing is begun in somebody's name without their word (行政许可法 29)."""

    status = 422
    sentence = _("Say how the visitor agreed, for example: in person, identity card seen.")


@transaction.atomic
def start_matter(
    *, package_code: str, uscc: str, handler_id: int, consent: str, by: Actor, at: datetime
) -> Ticket:
    """Open a draft in the enterprise's name for its handler, who goes on with it from any device.

    The ticket remembers the matter; the clerk's name stands in the trail beside the enterprise's.
    Errors: NobodyHere, EnterpriseUnknown, VisitorDoesNotAct, ConsentMissing.
    """
    _sitting, ticket = at_desk(by, TicketState.SERVING)
    if not consent.strip():
        raise ConsentMissing
    enterprise = find_by_code(uscc)
    if enterprise is None:
        raise EnterpriseUnknown
    acting = representations_of(enterprise.pk, on=timezone.localdate(at))
    if not acting.filter(person_id=handler_id).exists():
        raise VisitorDoesNotAct
    package = approvals.open_service(code=package_code, by=by, at=at)
    draft = approvals.create_draft_at_counter(
        package=package,
        enterprise_id=enterprise.pk,
        handler_id=handler_id,
        consent=consent.strip()[:200],
        by=by,
        at=at,
    )
    ticket.application_id, ticket.matter = draft.pk, f"{enterprise.party.name}：{package.name}"[:200]
    ticket.uscc, ticket.enterprise_id, ticket.consent = enterprise.uscc, enterprise.pk, consent.strip()[:200]
    ticket.save(update_fields=("application_id", "matter", "uscc", "enterprise", "consent"))
    facts = {"application": draft.pk, "number": ticket.number}
    record(ticket, action="ticket.matter_started", by=by, at=at, for_=enterprise.pk, facts=facts)
    return ticket
