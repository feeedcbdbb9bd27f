"""The one way out: what is never called, what is called exactly, and what is made of bad answers."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.connectors.authorities import tls_for
from jingkai.kernel.exchange.connectors.sessions import session_for
from jingkai.kernel.exchange.connectors.standin import Call, serving
from jingkai.kernel.exchange.data import CallFailed, CallRefused, Limits, NoAnswer, NotReached
from jingkai.kernel.exchange.rules.addresses import may_connect
from jingkai.kernel.exchange.testing import list_address, list_host, listed
from jingkai.kernel.exchange.tests.hostile import ADDRESSES, WRITTEN

pytestmark = pytest.mark.django_db


class Echo:
    """Answers with what it was sent, or leads elsewhere."""

    def __init__(self) -> None:
        self.fault, self.seen, self.leads_to = "", [], ""

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer one call."""
        self.seen.append(call)
        if self.leads_to and call.path == "/away":
            return 302, ({}, {"Location": self.leads_to})
        if call.path == "/large":
            return 200, b"x" * 3_000_000
        return 200, {"path": call.path, "host": call.headers["host"], "body": call.json()}


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every connection that would be opened; none is."""
    opened: list[str] = []

    def refuse(address: str, port: int, timeout: float) -> Any:
        opened.append(f"{address}:{port}")
        raise AssertionError(f"connected to {address}")

    monkeypatch.setattr(egress, "open_connection", refuse)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: opened.append("socket"))
    return opened


@pytest.fixture
def echo() -> Any:
    """A running server on loopback."""
    standin = Echo()
    with serving(standin) as address:
        standin.address = address  # type: ignore[attr-defined]
        yield standin


def test_there_are_two_hundred_hostile_targets() -> None:
    assert len(ADDRESSES) + len(WRITTEN) >= 200
    assert len(set(ADDRESSES)) + len(set(WRITTEN)) == len(ADDRESSES) + len(WRITTEN)


def test_no_hostile_target_is_ever_connected_to(connections: list[str], monkeypatch: Any) -> None:
    """Whatever is written, and whatever the name service says of a listed host: not one connection."""
    list_host("listed.example", "webhook")
    names: list[str] = []
    answers = {"address": "127.0.0.1"}

    def lying(host: str, port: int) -> list[str]:
        names.append(host)
        return [answers["address"]]

    monkeypatch.setattr(egress, "look_up", lying)
    for url in WRITTEN:
        with pytest.raises(CallFailed):
            egress.call(url, purpose="webhook")
    assert names == [], "an unlisted name is not even looked up"
    for address in ADDRESSES:
        answers["address"] = address
        with pytest.raises(CallRefused, match="forbidden-address"):
            egress.call("https://listed.example/hook", purpose="webhook")
    assert connections == []


@pytest.mark.parametrize("internal", [False, True])
def test_one_bad_address_spoils_a_name(connections: list[str], monkeypatch: Any, internal: bool) -> None:
    list_host("listed.example", "webhook", internal=internal)
    monkeypatch.setattr(egress, "look_up", lambda *_a: ["93.184.215.14", "169.254.169.254"])
    with pytest.raises(CallRefused):
        egress.call("https://listed.example/", purpose="webhook")
    assert connections == []


@pytest.mark.parametrize(
    ("address", "outside", "inside"),
    [
        ("93.184.215.14", True, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, True),
        ("10.1.2.3", False, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("fd12:3456::1", False, True),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("100.100.100.200", False, False),
        ("::ffff:10.1.2.3", False, False),
        ("64:ff9b::808:808", False, False),
        ("not an address", False, False),
    ],
)
def test_addresses_are_judged_by_number(address: str, outside: bool, inside: bool) -> None:
    assert may_connect(address, internal=False) is outside
    assert may_connect(address, internal=True) is inside


def test_a_purpose_does_not_serve_another(echo: Any) -> None:
    list_address(echo.address, "hall")
    assert egress.call(f"{echo.address}/x", purpose="hall").ok
    with pytest.raises(CallRefused, match="not-listed"):
        egress.call(f"{echo.address}/x", purpose="webhook")


def test_the_connection_goes_to_the_judged_address_under_its_name(echo: Any, monkeypatch: Any) -> None:
    """A name that answers differently the second time is asked only once: DNS rebinding finds nothing."""
    port = int(echo.address.rpartition(":")[2])
    list_host("service.example", "hall", port=port, internal=True, plain_http=True)
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    monkeypatch.setattr(egress, "look_up", rebinding)
    answer = egress.call(
        f"http://service.example:{port}/a?b=c", purpose="hall", method="POST", json={"甲": 1}
    )
    assert answer.json() == {"path": "/a", "host": f"service.example:{port}", "body": {"甲": 1}}
    assert asked == ["service.example"]


def test_redirects_are_judged_like_calls(echo: Any, connections: list[str], monkeypatch: Any) -> None:
    monkeypatch.undo()
    with listed(echo.address, "hall"):
        echo.leads_to = f"{echo.address}/there"
        assert egress.call(f"{echo.address}/away", purpose="hall").json()["path"] == "/there"
        for target in (
            "http://169.254.169.254/latest/",
            "http://localhost:1/",
            "file:///etc/passwd",
            "//evil.example/",
        ):
            echo.leads_to = target
            with pytest.raises(CallRefused):
                egress.call(f"{echo.address}/away", purpose="hall")
        echo.leads_to = f"{echo.address}/away"
        with pytest.raises(NoAnswer, match="too-many-redirects"):
            egress.call(f"{echo.address}/away", purpose="hall")
        before = len(echo.seen)
        answer = egress.call(f"{echo.address}/away", purpose="hall", method="POST", json={})
        assert (answer.status, len(echo.seen)) == (302, before + 1), "a writing call is never led on"


def test_no_redirect_leads_to_a_hostile_target(echo: Any, monkeypatch: Any) -> None:
    """A listed host leads to each of them in turn: nothing but the listed host is ever connected to."""
    opened, real = set(), egress.open_connection

    def watched(address: str, port: int, timeout: float) -> Any:
        opened.add(f"http://{address}:{port}")
        return real(address, port, timeout)

    monkeypatch.setattr(egress, "open_connection", watched)
    hostile = [*WRITTEN, *(f"http://[{one}]/" if ":" in one else f"http://{one}/" for one in ADDRESSES)]
    with listed(echo.address, "hall"):
        for target in hostile:
            written = "".join(mark for mark in target if mark.isprintable()).strip()
            echo.leads_to = written.encode().decode("latin-1") or "//evil.example/"
            with suppress(CallFailed):  # what reads as a path of the listed host is asked there
                egress.call(f"{echo.address}/away", purpose="hall")
    assert opened == {echo.address}
    assert len(hostile) >= 200


def test_a_large_answer_and_a_slow_one_end(echo: Any) -> None:
    with listed(echo.address, "hall"):
        with pytest.raises(NoAnswer, match="too-large"):
            egress.call(f"{echo.address}/large", purpose="hall")
        echo.fault, began = "slow", time.monotonic()
        with pytest.raises(NoAnswer):
            egress.call(f"{echo.address}/x", purpose="hall", limits=Limits(seconds=0.3))
        assert time.monotonic() - began < 1
        echo.fault = "cut"
        with pytest.raises(NoAnswer):
            egress.call(f"{echo.address}/x", purpose="hall", limits=Limits(seconds=1))


def test_a_server_that_drips_does_not_hold_us(echo: Any) -> None:
    """One byte every tenth of a second is within every time-out; the clock of the whole call ends it."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        peer, _address = server.accept()
        peer.recv(4096)
        for byte in b"HTTP/1.1 200 OK\r\n" + b"x" * 500:
            try:
                peer.send(bytes([byte]))
            except OSError:
                return
            time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    address, began = f"http://127.0.0.1:{server.getsockname()[1]}", time.monotonic()
    with listed(address, "hall"), pytest.raises(NoAnswer):
        egress.call(f"{address}/", purpose="hall", limits=Limits(seconds=0.6))
    assert time.monotonic() - began < 2
    server.close()


def test_nobody_there_is_clear_and_silence_is_not(echo: Any) -> None:
    with listed("http://127.0.0.1:9", "hall"), pytest.raises(NotReached) as gone:
        egress.call("http://127.0.0.1:9/", purpose="hall")
    assert not gone.value.is_unclear
    with listed("https://nobody.invalid", "hall"), pytest.raises(NotReached):
        egress.call("https://nobody.invalid/", purpose="hall")


def test_a_certificate_of_nobody_is_not_accepted(echo: Any) -> None:
    """An encrypted address whose server does not speak TLS, or not as that name, gets nothing."""
    address = echo.address.replace("http://", "https://")
    with listed(address, "hall"), pytest.raises(CallFailed):
        egress.call(f"{address}/x", purpose="hall")
    assert echo.seen == []
    assert tls_for("platform.example").verify_mode == ssl.CERT_REQUIRED


def test_a_library_with_sessions_leaves_by_the_same_way(echo: Any) -> None:
    import requests

    with session_for("login") as session:
        with pytest.raises(requests.ConnectionError):
            session.get(f"{echo.address}/x", timeout=1)
        with listed(echo.address, "login"):
            assert session.post(f"{echo.address}/x", json={"a": 1}, timeout=1).json()["body"] == {"a": 1}
