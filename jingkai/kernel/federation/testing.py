"""For tests: a running platform that proves identities, connected and switched on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from jingkai.kernel.exchange.api import Call, serving
from jingkai.kernel.exchange.testing import listed
from jingkai.kernel.federation.connectors import oidc
from jingkai.kernel.federation.models import Provider
from jingkai.kernel.federation.operations import ProviderDraft, add_provider, switch_provider
from jingkai.kernel.federation.standins import CLIENT, Platform
from jingkai.kernel.permissions.data import SYSTEM

ENGLISH = {"accept-language": "en"}
"""What a browser sends that prefers English: what is said to it is compared in English."""


@dataclass
class Identities:
    """A platform with its entry here; `choose` does what a person does on its page."""

    platform: Platform
    provider: Provider

    def choose(self, person: str, sent: str) -> str:
        """Say on the platform's page who one is; gives the address to which the browser comes back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
        call = Call("GET", "/choose", {**query, "person": person}, {}, b"")
        _status, (_body, headers) = self.platform.answer(call)
        return str(headers["Location"])

    def go(self, client: Client, *, link: bool = False, **query: str) -> str:
        """Begin on the log-in page (or to link one's own login); gives where the browser is sent."""
        path = f"/accounts/unified/{self.provider.code}/{'link/' if link else ''}"
        answer = client.get(f"{path}?{urlencode(query)}" if query else path, headers=ENGLISH)
        assert answer.status_code == 302, answer.content.decode()[:500]
        return str(answer["Location"])

    def come_back(self, client: Client, address: str) -> HttpResponse:
        """Let the browser come back."""
        parts = urlsplit(address)
        return client.get(f"{parts.path}?{parts.query}", headers=ENGLISH)  # type: ignore[return-value]

    def sign_in(self, client: Client, person: str, **query: str) -> HttpResponse:
        """All of it: begin, say who one is, come back."""
        return self.come_back(client, self.choose(person, self.go(client, link=False, **query)))


@pytest.fixture
def identities(db: Any) -> Iterator[Identities]:
    """A running platform, connected and switched on."""
    del db
    oidc.forget()
    platform = Platform()
    with serving(platform) as address, listed(address, "login"):
        platform.issuer = address
        draft = ProviderDraft(
            code="province",
            name="省统一身份认证",
            name_en="Provincial log-in",
            issuer=address,
            client_id=CLIENT,
            secret=platform.secret,
        )
        at = timezone.now()
        provider = add_provider(draft=draft, by=SYSTEM, at=at)
        switch_provider(provider=provider, active=True, by=SYSTEM, at=at)
        provider.refresh_from_db()
        yield Identities(platform, provider)
    oidc.forget()
