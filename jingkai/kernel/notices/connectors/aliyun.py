"""The RPC protocol of the Dysmsapi text message service, version 2017-05-25.

Every call carries its parameters and a signature: HMAC-SHA1, keyed with the secret and `&`, over the method,
the escaped path and the escaped, sorted parameters (the RPC signature of version 1.0).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from jingkai.kernel.exchange.api import call
from jingkai.kernel.exchange.data import Answer, CallFailed, Limits
from jingkai.kernel.notices.data import NotSent, Receipt, ShortMessage

VERSION = "2017-05-25"
LIMITS = Limits(seconds=15, connect=5)

FINAL = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.SMS_CONTENT_ILLEGAL",
        "isv.SMS_TEST_NUMBER_LIMIT",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.DENY_IP_RANGE",
        "isv.UNSUPPORTED_CONTENT",
        "FILTER",
        "MissingPhoneNumbers",
        "MissingTemplateCode",
        "MissingSignName",
    }
)
"""Answers that stay the same however often one asks: the number or the text is at fault."""


@dataclass(frozen=True, slots=True)
class AliyunSms:
    """A client of the service; `endpoint` is its address, in mainland China `https://dysmsapi.aliyuncs.com`."""

    endpoint: str
    key_id: str
    key_secret: str
    sign_name: str

    def send(self, message: ShortMessage) -> Receipt:
        """Hand a message over; our id goes with it as `OutId`, so that it can be found again."""
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": message.phone,
                "SignName": self.sign_name,
                "TemplateCode": message.template_code,
                "TemplateParam": json.dumps(dict(message.params), ensure_ascii=False),
                "OutId": message.id,
            },
        )
        return Receipt(str(answer.get("BizId", ""))[:100])

    def find(self, message: ShortMessage, on: date) -> Receipt | None:
        """Look through what was sent to this number on a day for our id."""
        for page in range(1, 11):
            answer = self._call(
                "QuerySendDetails",
                {
                    "PhoneNumber": message.phone,
                    "SendDate": f"{on:%Y%m%d}",
                    "PageSize": "50",
                    "CurrentPage": str(page),
                },
            )
            rows = _rows(answer)
            if any(row.get("OutId") == message.id for row in rows):
                return Receipt("found")
            if len(rows) < 50:
                return None
        return None

    def _call(self, action: str, given: Mapping[str, str]) -> dict[str, Any]:
        parameters = {
            **given,
            "Action": action,
            "Version": VERSION,
            "Format": "JSON",
            "RegionId": "cn-hangzhou",
            "AccessKeyId": self.key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": secrets.token_hex(16),
            "Timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        parameters["Signature"] = signature(parameters, self.key_secret, method="POST")
        try:
            answer = call(f"{self.endpoint}/", purpose="sms", method="POST", form=parameters, limits=LIMITS)
        except CallFailed as error:
            raise NotSent(error.reason[:100], str(error), is_unclear=error.is_unclear) from error
        return _answer(answer)


def signature(parameters: Mapping[str, str], key_secret: str, *, method: str) -> str:
    """Sign the parameters of a call (without `Signature` itself)."""
    query = "&".join(f"{_escape(name)}={_escape(parameters[name])}" for name in sorted(parameters))
    text = f"{method}&{_escape('/')}&{_escape(query)}"
    mac = hmac.new(f"{key_secret}&".encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def _escape(text: str) -> str:
    return quote(text, safe="-_.~")


def _answer(response: Answer) -> dict[str, Any]:
    """Read an answer; one that is no JSON object leaves it open whether the message was taken over."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "Code" not in answer:
        raise NotSent(f"HTTP {response.status}", "the answer is not of this protocol", is_unclear=True)
    code = str(answer["Code"])
    if code != "OK":
        raise NotSent(code[:100], str(answer.get("Message", ""))[:300], is_final=code in FINAL)
    return answer


def _rows(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = answer.get("SmsSendDetailDTOs") or {}
    rows = found.get("SmsSendDetailDTO", []) if isinstance(found, dict) else []
    return [row for row in rows if isinstance(row, dict)]
