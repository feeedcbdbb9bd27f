"""The frame of every local stand-in: a small JSON server on loopback that can be made to misbehave.

A stand-in is an object with `answer(call) -> (status, body)`; faults are switched on by name:
slow, down (503), broken (500), nonsense (not JSON), page (HTML with status 200), cut (half an answer), hang.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

MOST_BYTES = 4 * 1024 * 1024
SHUTS_WITHIN = 0.02
"""Seconds between two looks whether to stop; the half second of the library is a wait after every test."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a stand-in sees it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; empty where it is none."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def form(self) -> dict[str, str]:
        """The body as the fields of a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


class StandIn(Protocol):
    """What plays a system outside."""

    fault: str

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer one call: a status with a body (bytes as they are, anything else as JSON)."""


@contextmanager
def serving(standin: StandIn, port: int = 0) -> Iterator[str]:
    """Serve a stand-in on loopback for the length of a block; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(standin))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(SHUTS_WITHIN,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def serve_for_ever(standin: StandIn, port: int) -> None:
    """Serve a stand-in until the process ends."""
    with serving(standin, port):
        threading.Event().wait()


def _handler(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)
            parts = urlsplit(self.path)
            call = Call(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            status, body = _misbehaving(standin) or standin.answer(call)
            self._tell(status, body)

        def _tell(self, status: int, body: Any) -> None:
            headers: Mapping[str, str] = {}
            if isinstance(body, tuple):
                body, headers = body
            plain = isinstance(body, bytes)
            content = body if plain else json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            kind = "text/html; charset=utf-8" if plain else "application/json; charset=utf-8"
            for name, value in {"Content-Type": kind, **headers}.items():
                self.send_header(name, value)
            cut = standin.fault == "cut"
            self.send_header("Content-Length", str(len(content) + (10 if cut else 0)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(b"" if self.command == "HEAD" else content)
            if cut:
                self.close_connection = True

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet: the tests and the demonstration read the answers, not a log."""

    return Handler


def _misbehaving(standin: StandIn) -> tuple[int, Any] | None:
    match standin.fault:
        case "down":
            return 503, {"message": "service unavailable"}
        case "broken":
            return 500, b"<h1>java.lang.NullPointerException</h1>"
        case "nonsense":
            return 200, b"%PDF-1.4 this is not what you asked for"
        case "page":
            return 200, b"<html><body>login</body></html>"
        case "slow":
            time.sleep(1.5)
        case "hang":
            time.sleep(30)
    return None
