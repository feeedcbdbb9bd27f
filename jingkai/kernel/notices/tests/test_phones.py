"""Phone checks: one code, five tries, five minutes, limits, nothing stored in the clear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.notices.api import (
    CodeUsedUp,
    NoMobileNumber,
    SmsNotSetUp,
    TooManyCodes,
    WrongCode,
    finish_phone_check,
    start_phone_check,
)
from jingkai.kernel.notices.jobs import forget_checks
from jingkai.kernel.notices.models import Delivery, PhoneCheck

PHONE = "13800138000"


def now():
    return datetime.now(UTC)


def start(phone=PHONE, *, at=None, ip="203.0.113.9"):
    return start_phone_check(phone, purpose="register", at=at or now(), ip=ip)


def code_of(provider):
    run_jobs()
    return provider.store.all()[0]["params"]["code"]


@pytest.mark.django_db
def test_the_code_that_was_sent_proves_the_phone_once(sms_provider):
    check = start("+86 138-0013-8000")
    code = code_of(sms_provider)
    assert sms_provider.store.all()[0]["template"] == "JK_PHONE_CHECK"
    assert finish_phone_check(check, f" {code[:3]} {code[3:]}", purpose="register", at=now()) == PHONE
    with pytest.raises(CodeUsedUp):
        finish_phone_check(check, code, purpose="register", at=now())


@pytest.mark.django_db
def test_a_code_is_for_one_purpose_and_five_minutes(sms_provider):
    check = start()
    code = code_of(sms_provider)
    with pytest.raises(CodeUsedUp):
        finish_phone_check(check, code, purpose="log_in", at=now())
    with pytest.raises(CodeUsedUp):
        finish_phone_check(check, code, purpose="register", at=now() + timedelta(minutes=5))
    with pytest.raises(CodeUsedUp):
        finish_phone_check("no-number", code, purpose="register", at=now())


def _wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.django_db
def test_five_tries_and_no_more(sms_provider):
    check = start()
    code = code_of(sms_provider)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongCode, match=str(left)):
            finish_phone_check(check, _wrong(code), purpose="register", at=now())
    for guess in (_wrong(code), code):
        with pytest.raises(CodeUsedUp):
            finish_phone_check(check, guess, purpose="register", at=now())


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_form_does_not_win_a_try(sms_provider):
    check = start()
    code = code_of(sms_provider)
    for _ in range(5):
        with pytest.raises((WrongCode, CodeUsedUp)), transaction.atomic():
            finish_phone_check(check, _wrong(code), purpose="register", at=now())
    assert PhoneCheck.objects.get().tries == 5
    with pytest.raises(CodeUsedUp):
        finish_phone_check(check, code, purpose="register", at=now())


@pytest.mark.django_db
def test_codes_are_limited_per_phone(sms_provider):
    begin = now()
    start(at=begin)
    with pytest.raises(TooManyCodes):
        start(at=begin + timedelta(seconds=59))
    for number in range(1, 5):
        start(at=begin + timedelta(seconds=61 * number))
    with pytest.raises(TooManyCodes, match="5"):
        start(at=begin + timedelta(minutes=6))
    start("13900139000", at=begin + timedelta(minutes=6))
    start(at=begin + timedelta(minutes=61))


@pytest.mark.django_db
def test_codes_are_limited_per_address(sms_provider):
    begin = now()
    for number in range(30):
        start(f"138001{number:05}", at=begin)
    with pytest.raises(TooManyCodes):
        start("13900139000", at=begin)
    start("13900139000", at=begin, ip="203.0.113.10")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "phone", ["", "12345", "12800138000", "1380013800", "138001380001", "021-5888888", "abc"]
)
def test_only_mobile_numbers_are_checked(sms_provider, phone):
    with pytest.raises(NoMobileNumber):
        start(phone)


@pytest.mark.django_db
def test_without_a_provider_it_is_said_at_once(settings):
    settings.SMS_ENDPOINT = ""
    with pytest.raises(SmsNotSetUp):
        start()


@pytest.mark.django_db
def test_neither_code_nor_phone_stand_in_the_clear(sms_provider):
    start()
    code = code_of(sms_provider)
    with connection.cursor() as cursor:
        for table in ("notices_phonecheck", "notices_delivery", "procrastinate_jobs"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            written = cursor.fetchone()[0]
            assert PHONE not in written
            assert f'"{code}"' not in written
            assert f",{code}," not in written
    assert PhoneCheck.objects.get().code is None  # sent, so only the hash is left


@pytest.mark.django_db
def test_a_code_that_cannot_be_sent_in_time_is_given_up(sms_provider):
    sms_provider.code = "isv.BUSINESS_LIMIT_CONTROL"
    start()
    PhoneCheck.objects.update(expires_at=now() + timedelta(seconds=5))
    run_jobs()
    assert Delivery.objects.get().state == "permanent"


@pytest.mark.django_db
def test_ended_checks_are_forgotten(sms_provider):
    start(at=now() - timedelta(days=31))
    start(at=now() - timedelta(hours=1))
    forget_checks()
    assert [check.code for check in PhoneCheck.objects.all()] == [None]
