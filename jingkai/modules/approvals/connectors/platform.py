"""The client of the platforms that the hall reports to and reads from: one pattern, three addresses.

Provincial service platforms publish a gateway in this style (政务服务平台 interface, beside GB/T 39735 for
evaluations): `POST /gateway/<service>` with a JSON body; the headers name the application and the moment and
carry a signature, HMAC-SM3 over service, moment, a random word and the body's digest; `X-Request-Key`
tells a repetition. The answer is `{"code": 200, "msg": "", "data": {…}}`: 200 done, 4xx the platform says no,
anything else it could not. The national project platform (投资项目在线审批监管平台) and the 12345 line are
read in the same way. A province differs in service names and fields: check them before connecting
(docs/how-to/connect-platforms.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from jingkai.kernel.exchange.api import call
from jingkai.kernel.exchange.data import CallFailed, Limits, Refused, Unanswered

LIMITS = Limits(seconds=15, most_bytes=8 * 1024 * 1024)
PROJECT_CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")
"""Year and month, division, industry, kind, serial number: 20 digits in five groups, 24 characters."""


def signature(secret: str, *, service: str, time: str, nonce: str, body: bytes) -> str:
    """Sign a call: whoever knows the secret can tell that nothing of it was changed."""
    text = "\n".join((service, time, nonce, hashlib.new("sm3", body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), "sm3").hexdigest()


@dataclass(frozen=True)
class Platform:
    """Where a platform answers, as which application we call it, and what for (the allow-list's purpose)."""

    purpose: str
    address: str
    app_id: str
    secret: str

    @property
    def is_connected(self) -> bool:
        """Whether the installation has a way to it."""
        return bool(self.address)

    def ask(self, service: str, body: Mapping[str, Any], *, key: str = "") -> dict[str, Any]:
        """Call one service and give the data of its answer. Errors: Refused, Unanswered."""
        content = json.dumps(dict(body), ensure_ascii=False).encode()
        moment, nonce = str(int(time.time())), secrets.token_hex(8)
        headers = {
            "content-type": "application/json",
            "x-app-id": self.app_id,
            "x-timestamp": moment,
            "x-nonce": nonce,
            "x-sign": signature(self.secret, service=service, time=moment, nonce=nonce, body=content),
            "x-request-key": key or nonce,
        }
        try:
            answer = call(
                f"{self.address}/gateway/{service}",
                purpose=self.purpose,
                method="POST",
                content=content,
                headers=headers,
                limits=LIMITS,
            )
        except CallFailed as error:
            raise Unanswered(f"{service}: {error}"[:300]) from error
        return _data(service, answer.status, answer.json_or_none())


def _data(service: str, status: int, found: Any) -> dict[str, Any]:
    if not isinstance(found, dict) or not isinstance(found.get("code"), int):
        raise Unanswered(f"{service}: HTTP {status}, the answer is not of this pattern")
    if 400 <= found["code"] < 500 and found["code"] not in (408, 425, 429):
        raise Refused(f"{found.get('msg') or found['code']}"[:300])
    if found["code"] != 200 or not isinstance(found.get("data"), dict):
        raise Unanswered(f"{service}: {found['code']} {found.get('msg', '')}"[:300])
    return dict(found["data"])


def hall() -> Platform:
    """The provincial service platform (省政务服务平台)."""
    return Platform("hall", settings.HALL_URL, settings.HALL_KEY, settings.HALL_SECRET)


def projects() -> Platform:
    """The national platform of investment projects."""
    return Platform("projects", settings.PROJECTS_URL, settings.PROJECTS_KEY, settings.PROJECTS_SECRET)


def hotline() -> Platform:
    """The 12345 line's work order system."""
    return Platform("hotline", settings.HOTLINE_URL, settings.HOTLINE_KEY, settings.HOTLINE_SECRET)
