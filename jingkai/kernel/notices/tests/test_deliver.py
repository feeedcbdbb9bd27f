"""Deliveries: retried with growing waits, given up, repeated, never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.exchange.data import Limits
from jingkai.kernel.notices.api import notify
from jingkai.kernel.notices.connectors import aliyun
from jingkai.kernel.notices.data import WAITS
from jingkai.kernel.notices.models import Delivery, DeliveryTry
from jingkai.kernel.notices.operations import deliver, repeat_deliveries, repeat_delivery
from jingkai.kernel.notices.panels.sheets import SHEET
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.data import SYSTEM, Actor

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ADMIN = Actor(1, 1, "系统管理员", "staff")

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell():
    person = register_person(name="李明", phone="13800138000", email="li@example.com", by=SYSTEM, at=AT).pk

    def send(channel="sms"):
        notify(to=[person], kind="accepted", at=AT, facts={"reference": "1号"}, channels={channel})
        return Delivery.objects.latest("pk")

    return send


def now():
    return datetime.now(UTC)


def test_a_provider_that_is_down_is_tried_again_and_then_gets_it(tell, sms_provider, settings):
    settings.SMS_ENDPOINT = "http://127.0.0.1:9"
    row = tell()
    run_jobs()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", 1)
    assert "ConnectError" in row.error
    assert row.next_at > now()
    settings.SMS_ENDPOINT = sms_provider.url
    with time_machine.travel(row.next_at + timedelta(seconds=1)):
        run_jobs()
    row.refresh_from_db()
    assert (row.state, row.tries, row.error) == ("sent", 2, "")
    assert len(sms_provider.store.all()) == 1


def test_a_message_is_given_up_after_the_last_wait_and_can_be_repeated(tell, sms_provider, settings):
    sms_provider.code = "isp.SYSTEM_ERROR"
    row = tell()
    moment = now()
    for number in range(len(WAITS) + 1):
        with time_machine.travel(moment):
            run_jobs()
        row.refresh_from_db()
        assert row.tries == number + 1
        moment = (row.next_at or moment) + timedelta(seconds=1)
    assert (row.state, row.next_at) == ("permanent", None)
    assert DeliveryTry.objects.filter(delivery=row).count() == len(WAITS) + 1
    sms_provider.code = ""
    assert repeat_delivery(row, by=ADMIN, at=AT)
    run_jobs()
    row.refresh_from_db()
    assert row.state == "sent"
    assert not repeat_delivery(row, by=ADMIN, at=AT)
    assert entries_of(("notices.deliveries", 1)).last().action == "delivery.repeated"


def test_a_wrong_number_is_given_up_at_once(tell, sms_provider):
    sms_provider.code = "isv.MOBILE_NUMBER_ILLEGAL"
    row = tell()
    run_jobs()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("permanent", 1)


def test_a_repeated_job_does_not_send_again(tell, sms_provider):
    row = tell()
    for _ in range(3):
        deliver(delivery_id=row.pk, clock=now)
    run_jobs()
    assert [message["times"] for message in sms_provider.store.all()] == [1]


def test_a_lost_answer_is_looked_up_before_it_is_sent_again(tell, sms_provider, monkeypatch):
    monkeypatch.setattr(aliyun, "LIMITS", Limits(seconds=0.3))
    sms_provider.delay_after = 1.0
    row = tell()
    run_jobs()
    row.refresh_from_db()
    assert (row.state, row.is_unclear) == ("failed", True)
    sms_provider.delay_after = 0
    deliver(delivery_id=row.pk, clock=now)
    row.refresh_from_db()
    assert row.state == "sent"
    assert len(sms_provider.store.all()) == 1


def test_a_worker_that_died_while_sending_is_taken_over(tell, sms_provider):
    row = tell()
    Delivery.objects.filter(pk=row.pk).update(state="sending", tries=1, claimed_at=now())
    deliver(delivery_id=row.pk, clock=now)
    assert sms_provider.store.all() == []  # somebody may still be at it
    deliver(delivery_id=row.pk, clock=lambda: now() + timedelta(minutes=3))
    row.refresh_from_db()
    assert row.state == "sent"
    assert [call["Action"] for call in sms_provider.calls] == ["QuerySendDetails", "SendSms"]


def test_nonsense_and_a_slow_mail_server_are_retried(tell, mail_server, sms_provider, settings):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.delay = 1.0
    sms_provider.garbage = True
    letter, text = tell("email"), tell("sms")
    run_jobs()
    for row in (letter, text):
        row.refresh_from_db()
        assert row.state == "failed"
    mail_server.delay, sms_provider.garbage = 0, False
    for row in (letter, text):
        deliver(delivery_id=row.pk, clock=now)
        row.refresh_from_db()
        assert row.state == "sent"


def test_the_message_id_is_the_same_at_every_try(tell, mail_server):
    mail_server.answer = "451 later"
    row = tell("email")
    run_jobs()
    mail_server.answer = ""
    deliver(delivery_id=row.pk, clock=now)
    Delivery.objects.filter(pk=row.pk).update(state="queued")  # as if the note of success was lost
    deliver(delivery_id=row.pk, clock=now)
    assert [(m["id"], m["times"]) for m in mail_server.store.all()] == [(f"{row.uuid}@zone.example", 2)]


def test_everything_given_up_can_be_repeated_at_once(tell, sms_provider, settings):
    settings.SMS_ENDPOINT = ""
    tell()
    tell()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"off"}
    settings.SMS_ENDPOINT = sms_provider.url
    assert repeat_deliveries(channel="email", by=ADMIN, at=AT) == 0
    assert repeat_deliveries(by=ADMIN, at=AT) == 2
    run_jobs()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_person_who_left_gets_nothing(tell, sms_provider):
    from jingkai.kernel.parties.models import Party

    row = tell()
    Party.objects.update(active=False)
    run_jobs()
    row.refresh_from_db()
    assert (row.state, sms_provider.store.all()) == ("permanent", [])


def test_a_stuck_text_message_is_sent_by_hand_from_its_copy_sheet(tell, sms_provider, settings):
    settings.SMS_ENDPOINT = "http://127.0.0.1:9"
    row = tell()
    run_jobs()
    (line,) = SHEET.lines(AT)
    told = SHEET.fields(line.key)
    assert told is not None
    assert "13800138000" in [value for _label, value in told.fields]
    assert SHEET.done is not None
    assert SHEET.done(line.key, "R-1", ADMIN, AT)
    assert not SHEET.done(line.key, "R-2", ADMIN, AT)
    row.refresh_from_db()
    assert (row.state, row.receipt) == ("sent", "R-1")
    assert SHEET.lines(AT) == []
    assert (SHEET.fields(line.key), SHEET.fields("nonsense")) == (None, None)
    assert entries_of(("notices.deliveries", 1)).last().action == "delivery.sent_by_hand"
