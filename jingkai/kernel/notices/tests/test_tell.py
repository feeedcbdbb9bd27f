"""Telling people: once, in their language, over their channels, with few questions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.notices.api import count_unread, mark_all_read, notify
from jingkai.kernel.notices.models import Delivery, Notice
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.data import SYSTEM

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FACTS = {"matter": "消防设计审查", "reference": "示范〔2026〕1号", "due": date(2026, 12, 11)}

pytestmark = pytest.mark.django_db


@pytest.fixture
def li():
    return register_person(name="李明", phone="13800138000", email="li@example.com", by=SYSTEM, at=AT).pk


@pytest.fixture
def smith():
    return register_person(
        name="Smith", phone="13900139000", email="smith@example.com", language="en", by=SYSTEM, at=AT
    ).pk


def test_everyone_is_told_in_their_language(li, smith):
    notify(to=[li, smith], kind="accepted", at=AT, facts=FACTS, url="/cases/1", channels={"page"})
    mine, theirs = Notice.objects.get(to=li), Notice.objects.get(to=smith)
    assert mine.title == "申请已受理：消防设计审查"
    assert theirs.title == "Application accepted: 消防设计审查"
    assert "2026-12-11" in mine.body
    assert not Delivery.objects.exists()
    assert count_unread(li) == 1


def test_messages_go_out_over_the_channels_of_the_kind(li, smith, mail_server, sms_provider):
    notify(to=[li, smith], kind="decided", at=AT, facts={**FACTS, "result": "合格"}, url="/cases/1")
    run_jobs()
    letters = {letter["to"][0]: letter for letter in mail_server.store.all()}
    assert "办理结果已出" in letters["li@example.com"]["subject"]
    assert letters["smith@example.com"]["subject"].startswith("Result ready")
    assert "/cases/1" in letters["li@example.com"]["text"]
    texts = {text["to"][0]: text for text in sms_provider.store.all()}
    assert texts["13800138000"]["template"] == "JK_DECIDED"
    assert texts["13900139000"]["template"] == "JK_DECIDED_EN"
    assert texts["13800138000"]["params"] == {"reference": "示范〔2026〕1号"}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert set(Delivery.objects.values_list("to_hint", flat=True)) >= {"138****8000", "l***@example.com"}


def test_own_words_go_before_the_template(li, mail_server, sms_provider):
    notify(
        to=[li], kind="unheard_of", title="明日停电", body="请提前保存。", at=AT, channels={"sms", "email"}
    )
    run_jobs()
    assert Notice.objects.get().title == "明日停电"
    assert sms_provider.store.all()[0]["params"] == {"title": "明日停电"}
    assert "请提前保存" in mail_server.store.all()[0]["text"]


def test_a_repeated_event_tells_nobody_twice(li, smith, sms_provider):
    notify(to=[li], kind="accepted", at=AT, facts=FACTS, key="accepted:41", channels={"sms"})
    notify(to=[li, smith], kind="accepted", at=AT, facts=FACTS, key="accepted:41", channels={"sms"})
    run_jobs()
    assert Notice.objects.count() == 2
    assert len(sms_provider.store.all()) == 2


def test_people_without_an_address_are_told_on_the_page_only(sms_provider, mail_server):
    nobody = register_person(name="周无", by=SYSTEM, at=AT).pk
    notify(to=[nobody], kind="decided", at=AT, facts=FACTS)
    assert Notice.objects.count() == 1
    assert not Delivery.objects.exists()


def test_a_channel_that_is_not_set_up_is_noted(li, settings):
    settings.MAIL = None
    settings.SMS_ENDPOINT = ""
    notify(to=[li], kind="decided", at=AT, facts=FACTS)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"off"}
    assert run_jobs(queues=["notices"]) == 0


def test_addresses_are_stored_nowhere(li, sms_provider, mail_server):
    notify(to=[li], kind="decided", at=AT, facts=FACTS)
    run_jobs()
    with connection.cursor() as cursor:
        for table in ("notices_delivery", "notices_notice", "procrastinate_jobs"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")
            written = cursor.fetchone()[0]
            assert "13800138000" not in written
            assert "li@example.com" not in written


def test_two_thousand_are_told_with_few_questions(db):
    people = [register_person(name=f"人{n}", by=SYSTEM, at=AT).pk for n in range(200)]
    with CaptureQueriesContext(connection) as asked:
        notify(to=people, kind="general", title="通知", at=AT, key="k")
    assert len(asked) <= 12
    assert Notice.objects.count() == 200


def test_all_can_be_marked_read(li):
    from jingkai.kernel.permissions.data import Actor

    notify(to=[li], kind="general", title="甲", at=AT)
    notify(to=[li], kind="general", title="乙", at=AT)
    assert mark_all_read(by=Actor(li, 1, "李明", "staff"), at=AT) == 2
    assert count_unread(li) == 0
