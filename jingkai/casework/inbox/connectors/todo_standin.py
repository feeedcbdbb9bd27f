"""A local stand-in of the to-do centre, for demonstrations and tests: it verifies every signature."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings

from jingkai.casework.inbox.connectors.todo_centre import CREATE, FINISH, signature

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

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        """Answer one call as the centre would: an HTTP status and a JSON body."""
        if self.fault == "down":
            return 503, {"code": 503, "message": "service unavailable"}
        if not self._is_signed(path, headers, body):
            return 401, {"code": 401, "message": "signature wrong"}
        self.calls.append(path)
        data = json.loads(body)
        if path == CREATE:
            self.todos.setdefault(data["todoId"], {**data, "status": "open"})
        elif path == FINISH and data["todoId"] in self.todos:
            self.todos[data["todoId"]]["status"] = "done"
        elif path == FINISH:
            return 200, {"code": 404, "message": "to-do unknown"}
        return 200, {"code": 0, "message": ""}

    def _is_signed(self, path: str, headers: Any, body: bytes) -> bool:
        sent, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
        wanted = signature(self.app_secret, path=path, time=sent, nonce=nonce, body=body)
        fresh = sent.isdigit() and abs(self.now() - int(sent)) < OLDEST and nonce not in self.nonces
        right = headers.get("X-App-Key") == self.app_key
        self.nonces.add(nonce)
        return fresh and right and hmac.compare_digest(headers.get("X-Signature", ""), wanted)


@contextmanager
def serving(centre: Centre, port: int = 0) -> Iterator[str]:
    """Serve the stand-in on loopback for the length of a block; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(centre))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def serve_todos(*, port: int, folder: Path) -> None:
    """Play the centre until the process ends."""
    (folder / "about.txt").write_text("Stand-in of the to-do centre\n", encoding="utf-8")
    with serving(Centre(app_key=settings.TODO_KEY or "demo", app_secret=settings.TODO_SECRET), port):
        threading.Event().wait()


def _handler(centre: Centre) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), 65536)
            status, answer = centre.answer(self.path, self.headers, self.rfile.read(length))
            content = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet: the tests and the demonstration read the answers, not a log."""

    return Handler
