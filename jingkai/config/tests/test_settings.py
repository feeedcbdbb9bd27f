"""What an installation on the public network serves is encrypted, and its cookies stay where they belong."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jingkai.config.environment import PROJECT, environment

Settings = dict[str, Any]


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Settings]]:
    """The settings of an installation with these variables."""

    def read(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(f"JINGKAI_{name}", value)
        environment.cache_clear()
        return runpy.run_path(str(PROJECT / "jingkai" / "config" / "settings.py"))

    yield read
    monkeypatch.undo()
    environment.cache_clear()


def test_behind_a_proxy_with_tls_everything_is_encrypted(settings_with: Callable[..., Settings]) -> None:
    found = settings_with(BASE_URL="https://jkt.zone.example", TRUSTED_PROXIES="10.0.0.2")
    for name in ("SESSION", "CSRF"):
        assert found[f"{name}_COOKIE_NAME"].startswith("__Host-")
        assert (found[f"{name}_COOKIE_SECURE"], found[f"{name}_COOKIE_HTTPONLY"]) == (True, True)
        assert found[f"{name}_COOKIE_SAMESITE"] == "Lax"
        assert f"{name}_COOKIE_DOMAIN" not in found, "a cookie of one host, not of a domain"
    assert (found["LANGUAGE_COOKIE_NAME"], found["LANGUAGE_COOKIE_SECURE"]) == (
        "__Host-django_language",
        True,
    )
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert "jkt.zone.example" in found["ALLOWED_HOSTS"]
    assert "*" not in found["ALLOWED_HOSTS"]
    assert found["DEBUG"] is False


def test_on_ones_own_machine_it_works_without(settings_with: Callable[..., Settings]) -> None:
    found = settings_with(BASE_URL="http://localhost:8000", TRUSTED_PROXIES="")
    assert found["SESSION_COOKIE_NAME"] == "jingkai_session"
    assert not found["SESSION_COOKIE_SECURE"]
    assert not found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SECURE_PROXY_SSL_HEADER"] is None


def test_without_a_named_proxy_nobody_is_sent_in_circles(settings_with: Callable[..., Settings]) -> None:
    assert not settings_with(BASE_URL="https://jkt.zone.example", TRUSTED_PROXIES="")["SECURE_SSL_REDIRECT"]
