"""The page of health says in words which system outside is ill and what waits for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.exchange.api import Outgoing, kinds, send_out, systems
from jingkai.kernel.exchange.data import ExchangeKind, OutsideSystem
from jingkai.kernel.exchange.models import CertificateSight, SystemState
from jingkai.kernel.organisation.testing import Cast

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def library() -> Any:
    """One system with one kind of message and a way to it."""
    kind = ExchangeKind("library.book", "library", "out", "借书", "Lend a book", is_connected=lambda: True)
    with systems.only(OutsideSystem("library", "图书馆", "Library")), kinds.only(kind):
        yield


def page(client: Client) -> str:
    return client.get("/health/", headers=ENGLISH).content.decode()


def test_the_page_tells_illness_and_backlog(client: Client, cast: Cast, library: Any) -> None:
    log_in(client, cast.system_admin)
    assert "nothing sent yet" in page(client)
    at = timezone.now()
    for number in ("1", "2"):
        send_out(outgoing=Outgoing(kind="library.book", key=number, subject="书", payload={}), at=at)
    SystemState.objects.create(
        system="library", failures=6, resting_until=at + timedelta(minutes=5), last_problem="NoAnswer: slow"
    )
    shown = page(client)
    assert "No answer from Library. 2 messages wait" in shown
    assert "NoAnswer: slow" in shown
    assert "left alone for a while" in shown


def test_what_waits_for_a_hand_is_told(client: Client, cast: Cast) -> None:
    log_in(client, cast.system_admin)
    kind = ExchangeKind("library.book", "library", "out", "借书", "Lend a book")
    with systems.only(OutsideSystem("library", "图书馆", "Library")), kinds.only(kind):
        outgoing = Outgoing(kind="library.book", key="1", subject="书", payload={})
        send_out(outgoing=outgoing, at=timezone.now())
        assert "1 message waits for a hand" in page(client)


def test_others_do_not_see_it(client: Client, cast: Cast) -> None:
    log_in(client, cast.clerk)
    assert client.get("/health/").status_code == 403


@pytest.mark.parametrize(
    ("language", "warning", "line"),
    [
        ("en", "Certificates end within 30 days: zone.example", "ends soon"),
        ("zh-hans", "30 天内到期", "即将到期"),
    ],
)
def test_certificates_that_end_are_told_in_plain_words(
    client: Client, cast: Cast, settings: Any, language: str, warning: str, line: str
) -> None:
    at = timezone.now()
    settings.BASE_URL = "https://zone.example"
    CertificateSight.objects.create(
        host="zone.example",
        port=443,
        ends_at=at + timedelta(days=9),
        seen_at=at,
        looked_at=at,
        problem="ConnectError: [Errno 111] Connection refused",
    )
    CertificateSight.objects.create(host="left.example", port=443, ends_at=at, seen_at=at, looked_at=at)
    log_in(client, cast.system_admin)
    shown = client.get("/health/", headers={"accept-language": language}).content.decode()
    assert warning in shown
    assert line in shown
    assert "Errno" not in shown
    assert "left.example" not in shown, "nobody calls it any more"
