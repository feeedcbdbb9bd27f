"""Who came to a window, as far as they may be told something afterwards."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jingkai.kernel.permissions.data import Actor
from jingkai.modules.approvals.api import handler_of
from jingkai.modules.windows.models import Ticket
from jingkai.modules.windows.operations.appointments import person_with_phone


@transaction.atomic
def know_visitor(*, ticket_id: int, by: Actor, at: datetime) -> int | None:
    """Give the person who came, or None for somebody who left no way to be reached.

    That is who made the appointment, else the handler for whom a draft was opened at the window, else
    whoever has the phone that was left at the machine; a new number is registered nameless.
    """
    ticket = Ticket.objects.select_related("appointment").get(pk=ticket_id)
    if ticket.appointment is not None:
        return int(ticket.appointment.person_id)
    if ticket.application_id is not None:
        handler: int | None = handler_of(application_id=ticket.application_id)
        return handler
    if not ticket.phone:
        return None
    name = _("Visitor %(number)s") % {"number": ticket.number}
    found = person_with_phone(phone=ticket.phone, name=name, language=ticket.language, by=by, at=at)
    return int(found.pk)
