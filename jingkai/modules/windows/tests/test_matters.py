"""A matter begun at the window: with consent, for who acts for the enterprise, remembered on the ticket."""

from __future__ import annotations

import pytest
import time_machine

from jingkai.kernel.permissions.data import SYSTEM, VISITOR
from jingkai.modules.approvals.testing import Hall
from jingkai.modules.enterprises.api import get_enterprise
from jingkai.modules.windows import rules
from jingkai.modules.windows.data import TicketDraft
from jingkai.modules.windows.models import Line, Ticket, Window
from jingkai.modules.windows.operations import desk, matters, tickets
from jingkai.modules.windows.operations.reference import set_up_usual_hall
from jingkai.modules.windows.testing import moment

AT = moment("2026-03-10 09:30")


def served(hall: Hall) -> Ticket:
    set_up_usual_hall(by=SYSTEM, at=AT)
    hall.cast.empower("clerk", rules.SERVE)
    ticket = tickets.take_ticket(
        line=Line.objects.get(code="planning"), draft=TicketDraft(), by=VISITOR, at=AT
    )
    by = hall.cast.clerk
    desk.sit_down(window=Window.objects.get(number=5), by=by, at=AT)
    desk.call_next(by=by, at=AT)
    desk.start_service(by=by, at=AT)
    return ticket


def start(hall: Hall, *, handler: str = "handler", consent: str = "本人到场", uscc: str = "") -> Ticket:
    code = uscc or get_enterprise(hall.cast.enterprise.pk).uscc
    return matters.start_matter(
        package_code="construction-permit",
        uscc=code,
        handler_id=hall.cast.person(handler).pk,
        consent=consent,
        by=hall.cast.clerk,
        at=AT,
    )


@pytest.mark.django_db
def test_draft_is_the_enterprises_and_the_ticket_remembers_it(hall: Hall) -> None:
    with time_machine.travel(AT):
        served(hall)
        ticket = start(hall)
        assert ticket.application_id
        assert hall.cast.enterprise.name in ticket.matter
        assert ticket.enterprise_id == hall.cast.enterprise.pk


@pytest.mark.django_db
def test_refused_without_consent_or_for_somebody_elses_enterprise(hall: Hall) -> None:
    with time_machine.travel(AT):
        served(hall)
        with pytest.raises(matters.ConsentMissing):
            start(hall, consent=" ")
        with pytest.raises(matters.VisitorDoesNotAct):
            start(hall, handler="other_handler")
        with pytest.raises(matters.EnterpriseUnknown):
            start(hall, uscc="91320826MA00000000")
