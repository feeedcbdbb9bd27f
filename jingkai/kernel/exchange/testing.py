"""For other apps' tests: hosts put on the allow-list, tokens, and a client that calls the interface."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from socket import create_server
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from jingkai.kernel.exchange.data import Endpoint
from jingkai.kernel.exchange.models import ApiToken
from jingkai.kernel.exchange.operations.tokens import TokenDraft, issue_token
from jingkai.kernel.exchange.rules import endpoints
from jingkai.kernel.exchange.rules.targets import KIND
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.rules.api import VersionDraft, add_rule


@contextmanager
def listed(address: str, purpose: str) -> Iterator[None]:
    """Hold an address on the allow-list as the environment would, for the length of a block."""
    with endpoints.including(Endpoint(purpose, f"test {uuid4()}", lambda: address)):
        yield


@contextmanager
def shaking_hands(context: ssl.SSLContext) -> Iterator[int]:
    """A server on loopback that shakes hands with these settings and says nothing; gives its port."""
    line = create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _address = line.accept()
            except OSError:
                return
            with suppress(OSError), caller, context.wrap_socket(caller, server_side=True) as spoken:
                spoken.recv(1)

    worker = threading.Thread(target=serve, daemon=True)
    worker.start()
    try:
        yield line.getsockname()[1]
    finally:
        line.shutdown(2)
        line.close()
        worker.join(10)


def list_host(host: str, *purposes: str, port: int = 443, **more: bool) -> None:
    """Put a host on the allow-list as an administrator would."""
    value = {"host": host, "port": port, "purposes": list(purposes), "internal": False, "plain_http": False}
    draft = VersionDraft(
        starts_on=timezone.localdate() - timedelta(days=1), value={**value, **more}, source="测试"
    )
    add_rule(
        kind=KIND,
        key=f"{host}-{port}".replace(":", "-"),
        name=host,
        name_en=host,
        draft=draft,
        by=SYSTEM,
        at=timezone.now(),
    )


def list_address(address: str, *purposes: str) -> None:
    """Put the address of a stand-in on the allow-list, as a host inside and without encryption."""
    parts = urlsplit(address)
    list_host(parts.hostname or "", *purposes, port=parts.port or 80, internal=True, plain_http=True)


def make_token(
    scopes: Iterable[str], *, enterprise_id: int | None = None, **more: Any
) -> tuple[ApiToken, str]:
    """Give out a token and its text."""
    at = timezone.now()
    draft = TokenDraft(
        name="测试系统",
        contact="测试",
        scopes=tuple(scopes),
        enterprise_id=enterprise_id,
        expires_at=more.pop("expires_at", at + timedelta(days=30)),
        **more,
    )
    return issue_token(draft=draft, by=SYSTEM, at=at)


class ApiClient:
    """Calls the interface as another system does."""

    def __init__(self, token: str = "", **more: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {token}", **more} if token else dict(more)

    def get(self, path: str, **query: Any) -> HttpResponse:
        """Read."""
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)  # type: ignore[return-value]

    def send(
        self, method: str, path: str, body: Any = None, *, key: str = "", kind: str = "application/json"
    ) -> HttpResponse:
        """Write, with a fresh key where none is given."""
        content = body if isinstance(body, bytes) else json.dumps(body or {})
        headers = {**self.headers, "idempotency-key": key or str(uuid4())}
        return self.client.generic(  # type: ignore[return-value]
            method, f"/api/v1/{path}", content, content_type=kind, headers=headers
        )

    def post(self, path: str, body: Any = None, **more: Any) -> HttpResponse:
        """Send a body."""
        return self.send("POST", path, body, **more)
