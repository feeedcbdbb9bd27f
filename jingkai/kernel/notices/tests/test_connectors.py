"""The provider's protocol and SMTP, spoken with servers that behave and that do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest
from django.utils import timezone

from jingkai.kernel.exchange.data import Limits
from jingkai.kernel.notices.connectors import aliyun, mail, sms
from jingkai.kernel.notices.data import Letter, NotSent, ShortMessage

pytestmark = pytest.mark.django_db

MESSAGE = ShortMessage(
    "01a", "13800138000", "SMS_1", {"reference": "示范〔2026〕1号 & *~", "day": "2026-11-20"}
)
LETTER = Letter("01a", "li@example.com", "已收到您的申请", "正文", "<p>正文</p>")


def test_the_signature_is_the_one_of_the_published_example():
    """The worked example of the protocol's documentation."""
    parameters = {
        "AccessKeyId": "testId",
        "Action": "SendSms",
        "Format": "XML",
        "OutId": "123",
        "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou",
        "SignName": "阿里云短信测试专用",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
        "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": '{"customer":"test"}',
        "Timestamp": "2017-07-12T02:42:19Z",
        "Version": "2017-05-25",
    }
    assert aliyun.signature(parameters, "testSecret", method="GET") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_a_message_is_taken_over_and_found_again(sms_provider):
    receipt = sms.provider().send(MESSAGE)
    stored = sms_provider.store.all()[0]
    assert receipt.number
    assert (stored["to"], stored["template"], stored["params"]) == (
        ["13800138000"],
        "SMS_1",
        dict(MESSAGE.params),
    )
    assert stored["sign"] == "示范经开区"
    today = timezone.localdate()
    assert sms.provider().find(MESSAGE, today)
    assert sms.provider().find(ShortMessage("other", "13800138000", "SMS_1"), today) is None
    assert sms.provider().find(MESSAGE, datetime(2020, 1, 1, tzinfo=UTC).date()) is None


def failing(**how):
    with pytest.raises(NotSent) as caught:
        sms.provider().send(how.get("message", MESSAGE))
    return caught.value


def test_a_wrong_secret_is_refused_by_the_provider(sms_provider, settings):
    settings.SMS_KEY_SECRET = "another"
    assert failing().code == "SignatureDoesNotMatch"
    settings.SMS_KEY_ID = "nobody"
    assert failing().code == "InvalidAccessKeyId.NotFound"
    assert sms_provider.store.all() == []


def test_a_replayed_call_is_refused_by_the_provider(sms_provider):
    sms.provider().send(MESSAGE)
    call = sms_provider.calls[0]
    answer = httpx.post(f"{sms_provider.url}/", data=call)
    assert answer.json()["Code"] == "SignatureNonceUsed"
    assert httpx.get(f"{sms_provider.url}/", params=call).json()["Code"] == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("code", "is_final"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", False),
        ("isv.AMOUNT_NOT_ENOUGH", False),
        ("isp.SYSTEM_ERROR", False),
        ("Throttling.User", False),
        ("isv.MOBILE_NUMBER_ILLEGAL", True),
        ("isv.SMS_TEMPLATE_ILLEGAL", True),
        ("isv.TEMPLATE_MISSING_PARAMETERS", True),
    ],
)
def test_the_providers_errors_are_final_or_worth_another_try(sms_provider, code, is_final):
    sms_provider.code = code
    error = failing()
    assert (error.code, error.is_final, error.is_unclear) == (code, is_final, False)


def test_a_wrong_number_is_final(sms_provider):
    assert failing(message=ShortMessage("1", "021", "SMS_1")).is_final


def test_no_server_is_clear_and_nonsense_and_silence_are_not(sms_provider, settings, monkeypatch):
    sms_provider.garbage = True
    assert failing().is_unclear
    sms_provider.garbage = False
    monkeypatch.setattr(aliyun, "LIMITS", Limits(seconds=0.3))
    sms_provider.delay_after = 1.0
    late = failing()
    assert (late.is_unclear, late.is_final) == (True, False)
    assert sms_provider.store.all()
    settings.SMS_ENDPOINT = "http://127.0.0.1:9"
    gone = failing()
    assert (gone.is_unclear, gone.is_final) == (False, False)


def test_the_page_shows_messages_and_escapes_them(sms_provider):
    sms.provider().send(ShortMessage("1", "13800138000", "SMS_1", {"title": "<script>x</script>"}))
    page = httpx.get(f"{sms_provider.url}/").text
    assert "13800138000" in page
    assert "<script>" not in page
    assert json.loads(httpx.get(f"{sms_provider.url}/messages.json").text)[0]["template"] == "SMS_1"
    assert httpx.get(f"{sms_provider.url}/etc/passwd").status_code == 404


# --- e-mail ---------------------------------------------------------------------------------------


def test_a_letter_arrives_with_both_bodies_and_its_marks(mail_server):
    mail.send(LETTER)
    letter = mail_server.store.all()[0]
    assert (letter["subject"], letter["to"]) == ("已收到您的申请", ["li@example.com"])
    assert ("正文" in letter["text"], "<p>正文</p>" in letter["html"]) == (True, True)
    assert letter["headers"]["Message-ID"] == "<01a@zone.example>"
    assert letter["headers"]["List-Id"] == "<notices.zone.example>"
    assert letter["headers"]["Auto-Submitted"] == "auto-generated"


def test_a_repeated_letter_is_recognised_by_its_id(mail_server):
    mail.send(LETTER)
    mail.send(LETTER)
    assert [letter["times"] for letter in mail_server.store.all()] == [2]


def refused():
    with pytest.raises(NotSent) as caught:
        mail.send(LETTER)
    return caught.value


def test_the_mail_servers_refusals_are_final_or_worth_another_try(mail_server):
    mail_server.recipient_answer = "550 no such mailbox"
    assert refused().is_final
    mail_server.recipient_answer = "450 mailbox busy"
    assert not refused().is_final
    mail_server.recipient_answer = ""
    mail_server.answer = "451 try later"
    assert not refused().is_final
    mail_server.answer = "554 refused for policy reasons"
    assert refused().is_final


def test_a_silent_or_missing_mail_server_is_worth_another_try(mail_server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.delay = 1.0
    assert not refused().is_final
    settings.EMAIL_PORT = 9
    assert not refused().is_final


def test_line_breaks_cannot_smuggle_headers(mail_server):
    with pytest.raises(Exception, match=r"newlines|Header values"):
        mail.send(Letter("1", "li@example.com", "a\nBcc: x@example.com", "", ""))
    assert mail_server.store.all() == []
