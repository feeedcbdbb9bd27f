"""Whose word counts about a connection."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from jingkai.config.security import ForwardedMiddleware

SAID = {
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_REAL_IP": "1.2.3.4",
    "HTTP_X_REQUEST_ID": "abcdefgh-1",
}


@pytest.fixture
def asked(settings: Any) -> Any:
    """Ask from an address, through a proxy that may be ours, and give what the product saw."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", "fd00::2"]
    seen: list[HttpRequest] = []

    def see(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(status=204)

    def ask(path: str, peer: str, **said: str) -> tuple[int, HttpRequest | None]:
        seen.clear()
        answer = ForwardedMiddleware(see)(RequestFactory().get(path, REMOTE_ADDR=peer, **said))
        return answer.status_code, seen[0] if seen else None

    return ask


@pytest.mark.parametrize(
    ("peer", "believed"),
    [
        ("10.0.0.7", True),
        ("fd00::2", True),
        ("10.0.1.7", False),
        ("127.0.0.1", False),
        ("fd00::3", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_only_named_proxies_say_how_a_connection_is(asked: Any, peer: str, believed: bool) -> None:
    status, request = asked("/desk", peer, **SAID)
    assert (status, request.is_secure()) == (204, believed)
    assert all((name in request.META) is believed for name in SAID)


def test_without_a_named_proxy_nobody_is_believed(asked: Any, settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    assert not asked("/desk", "10.0.0.7", **SAID)[1].is_secure()


def test_that_a_proxy_stood_between_is_still_seen(asked: Any) -> None:
    """The figures for machines are given on the machine only, and tell a proxy by this header."""
    assert "HTTP_X_FORWARDED_FOR" in asked("/metrics", "127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4")[1].META


@pytest.mark.parametrize(
    ("path", "proto", "status"),
    [("/api/v1/items", "http", 403), ("/api/v1/items", "https", 204), ("/desk", "http", 204)],
)
def test_plain_calls_of_the_interface_are_refused_not_sent_on(
    asked: Any, settings: Any, path: str, proto: str, status: int
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert asked(path, "10.0.0.7", HTTP_X_FORWARDED_PROTO=proto)[0] == status
