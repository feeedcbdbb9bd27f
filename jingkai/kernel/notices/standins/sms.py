"""A text message provider for one machine: checks every signature, keeps messages, misbehaves on request.

`GET /` shows the messages, `GET /messages.json` gives them; everything else is the provider's RPC protocol.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any
from uuid import uuid4

from jingkai.kernel.exchange.api import Call, serving
from jingkai.kernel.notices.connectors.aliyun import VERSION, signature
from jingkai.kernel.notices.standins.page import POLICY, messages_page
from jingkai.kernel.notices.standins.store import MessageStore

Answer = tuple[int, dict[str, Any]]
PAGE_HEADERS = {"Content-Security-Policy": POLICY}
CLOCK_SKEW = timedelta(minutes=15)
REQUIRED = {
    "PhoneNumbers": "MissingPhoneNumbers",
    "SignName": "MissingSignName",
    "TemplateCode": "MissingTemplateCode",
}


class SmsStandIn:
    """The provider on a port of this machine (0: a free one), running while the block is open.

    `accounts` are key ids with their secrets. `code` refuses every message with that error; `garbage` answers
    nonsense; `delay` makes it slow, `delay_after` slow only once the message is taken over.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        accounts: Mapping[str, str],
        port: int = 0,
        shown: Sequence[MessageStore] = (),
    ) -> None:
        self.store, self.accounts, self.port, self.shown = store, dict(accounts), port, shown
        self.code = self.fault = ""
        self.garbage = False
        self.delay = self.delay_after = 0.0
        self.calls: list[dict[str, str]] = []
        self._nonces: set[str] = set()
        self._lock = threading.Lock()
        self._running = ExitStack()

    @property
    def url(self) -> str:
        """The address of the provider, as JINGKAI_SMS_ENDPOINT wants it."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> SmsStandIn:
        address = self._running.enter_context(serving(self, self.port))
        self.port = int(address.rpartition(":")[2])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer one call: of the protocol, for the page of messages, or for the list of them."""
        parameters = call.form() if call.method == "POST" else dict(call.query)
        if "Action" in parameters or call.method == "POST":
            return self._answer_protocol(parameters, call.method)
        if call.path == "/messages.json":
            return 200, self.messages()
        if call.path == "/":
            return 200, (messages_page(self.messages()).encode(), PAGE_HEADERS)
        return 404, {"Code": "NotFound"}

    def _answer_protocol(self, parameters: dict[str, str], method: str) -> tuple[int, Any]:
        time.sleep(self.delay)
        if self.garbage:
            return 200, b"<html>Bad gateway</html>"
        told = self.call(parameters, method)
        if parameters.get("Action") == "SendSms":
            time.sleep(self.delay_after)
        return told

    def messages(self) -> list[dict[str, Any]]:
        """Give all that is shown on the page, newest first."""
        found = [message for store in (self.store, *self.shown) for message in store.all()]
        return sorted(found, key=lambda message: message["received"], reverse=True)

    def call(self, parameters: dict[str, str], method: str) -> Answer:
        """Answer one call of the protocol."""
        with self._lock:
            self.calls.append(parameters)
            refused = self._refuse(dict(parameters), method)
        if refused:
            return refused
        actions = {"SendSms": self._send, "QuerySendDetails": self._find}
        action = actions.get(parameters.get("Action", ""))
        return action(parameters) if action else _error(404, "InvalidAction.NotFound", "no such action")

    def _refuse(self, parameters: dict[str, str], method: str) -> Answer | None:
        """Check account, signature, freshness, version."""
        given = parameters.pop("Signature", "")
        secret = self.accounts.get(parameters.get("AccessKeyId", ""))
        if secret is None:
            return _error(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        expected = signature(parameters, secret, method=method)
        if not hmac.compare_digest(expected.encode(), given.encode()):
            return _error(400, "SignatureDoesNotMatch", "Specified signature is not matched.")
        if not _is_fresh(parameters.get("Timestamp", "")):
            return _error(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
        nonce = parameters.get("SignatureNonce", "")
        if not nonce or nonce in self._nonces:
            return _error(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._nonces.add(nonce)
        if parameters.get("Version") != VERSION:
            return _error(400, "InvalidVersion", "Specified parameter Version is not valid.")
        return None

    def _send(self, given: dict[str, str]) -> Answer:
        for name, code in REQUIRED.items():
            if not given.get(name):
                return _error(400, code, f"{name} is mandatory for this action.")
        if self.code:
            return 200, {"Code": self.code, "Message": "refused", "RequestId": str(uuid4())}
        phone = given["PhoneNumbers"]
        if not (phone.isdigit() and len(phone) == 11 and phone.startswith("1")):
            return 200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": phone, "RequestId": str(uuid4())}
        try:
            params = json.loads(given.get("TemplateParam") or "{}")
        except ValueError:
            return 200, {"Code": "isv.INVALID_JSON_PARAM", "Message": "", "RequestId": str(uuid4())}
        number = str(uuid4())
        message = {
            "to": [phone],
            "sign": given["SignName"],
            "template": given["TemplateCode"],
            "params": params,
        }
        sent_on = f"{datetime.now().astimezone():%Y%m%d}"
        out_id = given.get("OutId") or number
        self.store.put("sms", f"{out_id}-{number}", {**message, "out_id": out_id, "day": sent_on})
        return 200, {"Code": "OK", "Message": "OK", "BizId": number, "RequestId": str(uuid4())}

    def _find(self, given: dict[str, str]) -> Answer:
        size, page = int(given.get("PageSize", "10")), int(given.get("CurrentPage", "1"))
        rows = [
            {"OutId": message.get("out_id", ""), "PhoneNum": message["to"][0], "SendStatus": 3}
            for message in self.store.all()
            if message["channel"] == "sms"
            and message["to"] == [given.get("PhoneNumber")]
            and message.get("day") == given.get("SendDate")
        ]
        part = rows[(page - 1) * size : page * size]
        body = {"Code": "OK", "Message": "OK", "TotalCount": str(len(rows)), "RequestId": str(uuid4())}
        return 200, {**body, "SmsSendDetailDTOs": {"SmsSendDetailDTO": part}}


def _is_fresh(stamp: str) -> bool:
    try:
        sent = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(datetime.now(UTC) - sent) < CLOCK_SKEW


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"Code": code, "Message": message, "RequestId": str(uuid4()), "HostId": "127.0.0.1"}
