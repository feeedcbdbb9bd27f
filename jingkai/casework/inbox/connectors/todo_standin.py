"""A local stand-in of the to-do centre, for demonstrations and tests: it verifies every signature."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from jingkai.casework.inbox.connectors.todo_centre import CREATE, FINISH, signature
from jingkai.kernel.exchange.api import Call, serve_for_ever, serving

__all__ = ["Centre", "serve_todos", "serving"]

OLDEST = 300
"""Seconds for which a signed call is good."""


@dataclass
class Centre:
    """The state of the stand-in: to-dos by id with their status, calls seen, a fault to show."""

    app_key: str
    app_secret: str
    now: Callable[[], float] = time.time
    fault: str = ""
    todos: dict[str, dict[str, Any]] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def answer(self, call: Call) -> tuple[int, dict[str, Any]]:
        """Answer one call as the centre would: an HTTP status and a JSON body."""
        path = call.path
        if not self._is_signed(path, call.headers, call.body):
            return 401, {"code": 401, "message": "signature wrong"}
        self.calls.append(path)
        data = call.json()
        if path == CREATE:
            self.todos.setdefault(data["todoId"], {**data, "status": "open"})
        elif path == FINISH and data["todoId"] in self.todos:
            self.todos[data["todoId"]]["status"] = "done"
        elif path == FINISH:
            return 200, {"code": 404, "message": "to-do unknown"}
        return 200, {"code": 0, "message": ""}

    def _is_signed(self, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        sent, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        wanted = signature(self.app_secret, path=path, time=sent, nonce=nonce, body=body)
        fresh = sent.isdigit() and abs(self.now() - int(sent)) < OLDEST and nonce not in self.nonces
        right = headers.get("x-app-key") == self.app_key
        self.nonces.add(nonce)
        return fresh and right and hmac.compare_digest(headers.get("x-signature", ""), wanted)


def serve_todos(*, port: int, folder: Path) -> None:
    """Play the centre until the process ends."""
    (folder / "about.txt").write_text("Stand-in of the to-do centre\n", encoding="utf-8")
    serve_for_ever(Centre(app_key=settings.TODO_KEY or "demo", app_secret=settings.TODO_SECRET), port)
