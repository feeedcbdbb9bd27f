"""The client of a provincial or municipal to-do centre (统一待办): signed JSON over HTTP.

Two calls: create a to-do, finish a to-do. Each is signed with the application's secret (HMAC-SHA256 over
method, path, time, a random word and the body's digest) and carries the to-do's own id, so that a repeated
call changes nothing. A centre differs in addresses and field names: check them before connecting
(docs/how-to/connect-todo-centre.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jingkai.kernel.exchange.api import call
from jingkai.kernel.exchange.data import CallFailed

CREATE, FINISH = "/todo/create", "/todo/finish"


class TodoCentreFailed(Exception):
    """The centre did not answer or refused; worth another try."""


def signature(secret: str, *, path: str, time: str, nonce: str, body: bytes) -> str:
    """Sign a call: whoever knows the secret can tell that nothing of it was changed."""
    text = "\n".join(("POST", path, time, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class TodoCentre:
    """Where the centre answers and as which application we call it."""

    address: str
    app_key: str
    app_secret: str

    def create(self, todo: Mapping[str, Any], *, at: datetime) -> None:
        """Tell the centre of a to-do. Error: TodoCentreFailed."""
        self._call(CREATE, todo, at)

    def finish(self, todo_id: str, *, at: datetime) -> None:
        """Tell the centre that a to-do is through. Error: TodoCentreFailed."""
        self._call(FINISH, {"todoId": todo_id}, at)

    def _call(self, path: str, data: Mapping[str, Any], at: datetime) -> None:
        body = json.dumps(dict(data), ensure_ascii=False).encode()
        time, nonce = str(int(at.timestamp())), secrets.token_hex(8)
        headers = {
            "Content-Type": "application/json",
            "X-App-Key": self.app_key,
            "X-Timestamp": time,
            "X-Nonce": nonce,
            "X-Signature": signature(self.app_secret, path=path, time=time, nonce=nonce, body=body),
            "Idempotency-Key": f"{data['todoId']}:{path}",
        }
        try:
            response = call(self.address + path, purpose="todo", method="POST", content=body, headers=headers)
            answer = response.json()
        except (CallFailed, ValueError) as error:
            raise TodoCentreFailed(f"{path}: {error}") from error
        if response.status != 200 or not isinstance(answer, dict) or answer.get("code") != 0:
            message = answer.get("message", "") if isinstance(answer, dict) else ""
            raise TodoCentreFailed(f"{path}: HTTP {response.status} {str(message)[:200]}")
