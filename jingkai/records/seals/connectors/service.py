"""The client of the state electronic seal service (统一电子印章系统) of a province, 国务院令 716 号 art. 9.

After the pattern of provincial interface documents: `POST /seal/sign` with the paper and where the seal goes,
`POST /seal/query` for what became of an earlier call. The headers name the application and the moment and
carry an HMAC-SM3 over path, moment, a random word and the body's digest; the key of a request tells its
repetition, so that a call whose answer was lost is asked for and never sealed twice. The answer is
`{"code": 0, "message": "", "data": {…}}`: 0 done, 4xx the service says no, anything else it could not.
A province differs in paths and fields: check them before connecting (docs/how-to/connect-seals.md).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from jingkai.kernel.exchange.api import call
from jingkai.kernel.exchange.data import CallFailed, Limits, Refused, Unanswered

MOST_BYTES = 30 * 1024 * 1024
LIMITS = Limits(seconds=30, most_bytes=MOST_BYTES * 2)
UNKNOWN = 404


@dataclass(frozen=True, slots=True)
class Sealed:
    """What came back: the sealed paper, the service's number of the signature, and when it was made."""

    content: bytes
    number: str
    at: datetime


def signature(secret: str, *, path: str, time: str, nonce: str, body: bytes) -> str:
    """Sign a call: whoever knows the secret can tell that nothing of it was changed."""
    text = "\n".join((path, time, nonce, hashlib.new("sm3", body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), "sm3").hexdigest()


@dataclass(frozen=True)
class SealService:
    """Where the service answers and as which application we call it."""

    address: str
    app_id: str
    secret: str

    @property
    def is_connected(self) -> bool:
        """Whether the installation has a way to it."""
        return bool(self.address)

    def seal(self, pdf: bytes, *, told: Mapping[str, Any], key: str) -> Sealed:
        """Have a paper sealed, or fetch what was sealed under this key before.

        Errors: Refused, Unanswered.
        """
        earlier = self._ask("/seal/query", {}, key)
        if earlier is None:
            body = {**told, "fileData": base64.b64encode(pdf).decode()}
            earlier = self._ask("/seal/sign", body, key)
        if earlier is None:
            raise Unanswered("/seal/sign: the service knows nothing of it")
        return _read(earlier)

    def _ask(self, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any] | None:
        content = json.dumps({**body, "requestKey": key}, ensure_ascii=False).encode()
        moment, nonce = str(int(time.time())), secrets.token_hex(8)
        headers = {
            "content-type": "application/json",
            "x-app-id": self.app_id,
            "x-timestamp": moment,
            "x-nonce": nonce,
            "x-sign": signature(self.secret, path=path, time=moment, nonce=nonce, body=content),
        }
        try:
            answer = call(
                self.address + path,
                purpose="seals",
                method="POST",
                content=content,
                headers=headers,
                limits=LIMITS,
            )
        except CallFailed as error:
            raise Unanswered(f"{path}: {error}"[:300]) from error
        return _data(path, answer.status, answer.json_or_none())


def _data(path: str, status: int, found: Any) -> dict[str, Any] | None:
    if not isinstance(found, dict) or not isinstance(found.get("code"), int):
        raise Unanswered(f"{path}: HTTP {status}, the answer is not of this pattern")
    code, words = found["code"], str(found.get("message") or found["code"])[:200]
    if code == UNKNOWN and path == "/seal/query":
        return None
    if 400 <= code < 500 and code not in (408, 425, 429):
        raise Refused(words)
    if code != 0 or not isinstance(found.get("data"), dict):
        raise Unanswered(f"{path}: {words}")
    return dict(found["data"])


def _read(data: Mapping[str, Any]) -> Sealed:
    try:
        content = base64.b64decode(data["fileData"], validate=True)
        at = datetime.fromisoformat(str(data["signedAt"]))
        number = str(data["signId"]).strip()
    except (KeyError, ValueError, TypeError, binascii.Error) as error:
        raise Unanswered(f"the sealed paper can't be read: {type(error).__name__}") from error
    if not number or at.tzinfo is None or not content.startswith(b"%PDF-") or len(content) > MOST_BYTES:
        raise Unanswered("the answer has no number, no moment, or no PDF")
    return Sealed(content, number[:120], at)


def service() -> SealService:
    """The service that the installation's environment names."""
    return SealService(settings.SEALS_URL, settings.SEALS_KEY, settings.SEALS_SECRET)
