"""What the doctor says of mail, text messages and failed deliveries; and the texts that kinds begin with."""

from __future__ import annotations

import pytest

from jingkai.kernel.notices.data import NoticeKind
from jingkai.kernel.notices.panels.checks import check_failures, check_mail, check_sms
from jingkai.kernel.notices.rules.kinds import OWN, declare_kind, fill, slots_of, unknown_slots

pytestmark = pytest.mark.django_db


def test_mail_is_asked_for_real(settings, mail_server):
    assert check_mail().state == "ok"
    settings.EMAIL_PORT = 9
    assert check_mail().state == "fail"
    settings.MAIL = None
    assert check_mail().state == "warn"


def test_the_provider_is_asked_for_real(settings, sms_provider):
    assert check_sms().state == "ok"
    settings.SMS_SIGN_NAME = ""
    assert check_sms().state == "warn"
    settings.SMS_ENDPOINT = "http://127.0.0.1:9"
    assert check_sms().state == "fail"
    settings.SMS_ENDPOINT = ""
    assert check_sms().state == "warn"


@pytest.mark.django_db
def test_nothing_given_up_is_well():
    assert check_failures().state == "ok"


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.code)
def test_own_texts_use_the_same_facts_in_both_languages(kind):
    assert set(slots_of(kind.title + kind.body)) == set(slots_of(kind.title_en + kind.body_en))
    assert set(slots_of(kind.sms)) == set(slots_of(kind.sms_en))
    if "sms" in kind.channels:
        assert kind.sms


def test_suspension_is_told_to_begin_on_the_day_that_the_clock_leaves_out_first():
    """`suspend_clock` leaves out the day of the notice itself, so “from the next day” would be wrong."""
    kind = next(kind for kind in OWN if kind.code == "clock_suspended")
    assert "自即日起（含当日）暂停计算" in kind.body
    assert "次日" not in kind.body
    assert "from today on, today included" in kind.body_en


def test_slots_are_filled_and_wrong_ones_found():
    assert fill("{a} 和 {b}", {"a": "{b}"}) == "{b} 和 "
    assert unknown_slots(["{a}{c}", "{", "x}"], ["a"]) == ["c", "{", "}"]
    with pytest.raises(ValueError, match="c"):
        declare_kind(NoticeKind("x", "", "", ("a",), "{c}", "", "", ""))
