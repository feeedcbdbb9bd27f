"""Fixtures of notices: a mail server and a text message provider on this machine, for tests of every app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jingkai.kernel.notices.standins import MailStandIn, MessageStore, SmsStandIn


@pytest.fixture
def mail_server(settings: Any, tmp_path: Path) -> Iterator[MailStandIn]:
    """A running mail server that the product uses; `mail_server.store.all()` gives what arrived."""
    with MailStandIn(store=MessageStore(tmp_path / "mail")) as server:
        settings.MAIL = ("127.0.0.1", server.port)
        settings.EMAIL_BACKEND = "jingkai.kernel.notices.connectors.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.DEFAULT_FROM_EMAIL = "hall@zone.example"
        settings.EMAIL_TIMEOUT = 5
        yield server


@pytest.fixture
def sms_provider(settings: Any, tmp_path: Path) -> Iterator[SmsStandIn]:
    """A running text message provider that the product uses; see its `store.all()` for what arrived."""
    with SmsStandIn(store=MessageStore(tmp_path / "sms"), accounts={"test": "s&cret"}) as provider:
        settings.SMS_ENDPOINT = provider.url
        settings.SMS_KEY_ID, settings.SMS_KEY_SECRET = "test", "s&cret"
        settings.SMS_SIGN_NAME = "示范经开区"
        yield provider
