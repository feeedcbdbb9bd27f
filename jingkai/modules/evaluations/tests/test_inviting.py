"""A visit to a window that has ended is rated once: by text message, on the number's page, on the screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.notices.models import Delivery, Notice
from jingkai.kernel.parties.api import get_persons_by_phone
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.evaluations import operations, rules
from jingkai.modules.evaluations.data import Visit, Words
from jingkai.modules.evaluations.models import Evaluation, Invitation
from jingkai.modules.windows.data import MissingLine, Outcome
from jingkai.modules.windows.testing import Counters

pytestmark = pytest.mark.django_db
PHONE = "13712345678"


@pytest.fixture
def opened(counters: Counters) -> Counters:
    """The clerk sits at window 1 with the right to show the code; ratings are set up."""
    counters.cast.empower("clerk", rules.INVITE)
    operations.seed_evaluations(by=SYSTEM, at=counters.at)
    counters.sit("clerk", 1)
    counters.travel()
    return counters


def visit(counters: Counters, **more: Any) -> Any:
    """One visit from the number to its end, and the jobs that follow from it."""
    counters.take("registration", topic="企业设立登记", **more)
    counters.call("clerk")
    ticket = counters.serve("clerk", minutes=5)
    run_jobs()
    return ticket


def test_a_visitor_with_a_phone_gets_the_link_once(opened: Counters) -> None:
    ticket = visit(opened, phone=PHONE)
    invitation = Invitation.objects.get()
    assert invitation.ticket == f"20260310-{ticket.number}"
    assert (invitation.service, invitation.service_en) == ("企业设立登记", "Set up a company")
    assert invitation.unit_id in opened.actor("clerk").unit_ids
    assert invitation.to_id == get_persons_by_phone(PHONE).get().pk
    link = reverse("evaluations:rate", args=[rules.code_of(invitation.pk)])
    assert Notice.objects.get(kind="evaluation_link").url == link
    assert Delivery.objects.filter(notice__kind="evaluation_link", channel="sms").count() == 1
    operations.invite_after_visit(ticket_id=ticket.pk, by=SYSTEM, at=opened.at)
    assert Notice.objects.filter(kind="evaluation_link").count() == 1


def test_a_visitor_who_left_no_phone_rates_on_the_spot(opened: Counters) -> None:
    ticket = visit(opened)
    invitation = Invitation.objects.get()
    assert invitation.to_id is None
    assert not Notice.objects.filter(kind="evaluation_link").exists()
    link = reverse("evaluations:rate", args=[rules.code_of(invitation.pk)])
    number = reverse("windows:ticket", args=[ticket.token])
    assert link in Client().get(number).content.decode()
    assert Client().post(link, with_token({"level": "4"})).status_code == 302
    assert Evaluation.objects.get().ticket == invitation.ticket
    assert link not in Client().get(number).content.decode()


def test_screen_at_the_window_shows_the_code_of_the_last_visit(opened: Counters) -> None:
    client = Client()
    log_in(client, opened.cast.actor("clerk"))
    screen = reverse("evaluations:window_screen")
    assert "业务办结后" in client.get(screen).content.decode()
    visit(opened)
    invitation = Invitation.objects.get()
    link = reverse("evaluations:rate", args=[rules.code_of(invitation.pk)])
    part = client.get(screen, headers={"HX-Request": "true"}).content.decode()
    assert link in part
    assert "<html" not in part
    words = Words(level=5)
    operations.rate_by_code(code=rules.code_of(invitation.pk), words=words, at=opened.at)
    assert link not in client.get(screen).content.decode()
    assert screen in client.get(reverse("windows:desk")).content.decode()
    opened.travel("2026-03-10 11:00")
    later = Client()
    log_in(later, opened.cast.actor("clerk"))
    assert "业务办结后" in later.get(screen).content.decode()


def test_the_code_that_the_clerk_opened_is_the_visits_own(opened: Counters) -> None:
    """Opened by hand before the visit ended: the visitor gets a link to the same rating."""
    waiting = opened.take("registration", topic="企业设立登记", phone=PHONE)
    by = opened.actor("clerk")
    early = Visit(ticket=waiting.visit_key, service="登记", unit_id=by.unit_ids[0], person_id=by.party_id)
    first = operations.invite_to_rate_visit(visit=early, by=by, at=opened.at)
    opened.call("clerk")
    opened.serve("clerk", outcome=Outcome.MISSING, lacks=[MissingLine("章程")])
    run_jobs()
    invitation = Invitation.objects.get()
    assert invitation.pk == first.pk
    assert invitation.to_id == get_persons_by_phone(PHONE).get().pk
    assert Notice.objects.filter(kind="evaluation_link").count() == 1
