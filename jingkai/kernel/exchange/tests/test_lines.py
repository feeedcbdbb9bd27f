"""Lines that speak no HTTP leave by the same way: what the environment names, at judged numbers."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from jingkai.kernel.exchange.connectors import egress, lines
from jingkai.kernel.exchange.data import CallFailed, CallRefused, NotReached
from jingkai.kernel.exchange.testing import listed
from jingkai.kernel.exchange.tests.hostile import ADDRESSES

FORBIDDEN_INSIDE = tuple(
    address
    for address in ADDRESSES
    if address.startswith(("0.", "169.254", "168.63", "100.100", "192.0.0.", "22", "23", "24", "25"))
    or address.startswith(("::ffff", "fe80", "fec0", "ff0", "64:", "2002:", "fd00:ec2", "fd20", "3fff"))
)
"""Not even a service inside the network stands at one of these."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every line that would be opened; none is."""
    seen: list[str] = []
    monkeypatch.setattr(lines, "connect", lambda number, *_a: seen.append(number))
    monkeypatch.setattr(lines, "connect_local", lambda path, *_a: seen.append(path))
    return seen


def test_a_service_that_the_environment_names_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with listed(address, "mail"), lines.open_line(address, purpose="mail", seconds=2) as line:
            assert line.getpeername() == server.getsockname()
            assert line.gettimeout() == 2


def test_a_socket_of_this_machine_is_reached(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()
        with listed(f"unix://{path}", "scanner"):
            lines.open_line(f"unix://{path}", purpose="scanner", seconds=2).close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tcp://mail.example:26",
        "tcp://mail.example.evil.example:25",
        "tcp://MAIL.example:25",
        "unix:///run/other",
        "http://mail.example:25/",
    ],
)
def test_nothing_but_what_is_named_letter_for_letter(opened: list[str], address: str) -> None:
    with listed("tcp://mail.example:25", "mail"), listed("unix:///run/scan", "scanner"):
        with pytest.raises(CallRefused):
            lines.open_line(address, purpose="mail", seconds=1)
        with pytest.raises(CallRefused):
            lines.open_line("tcp://mail.example:25", purpose="scanner", seconds=1)
    assert opened == []


@pytest.mark.parametrize(
    "address", ["udp://mail.example:25", "tcp://mail.example", "tcp://user@mail.example:25", "tcp://:25"]
)
def test_what_is_named_badly_is_not_reached(opened: list[str], address: str) -> None:
    with listed(address, "mail"), pytest.raises(CallRefused, match="bad-address"):
        lines.open_line(address, purpose="mail", seconds=1)
    assert opened == []


def test_no_name_leads_a_line_to_a_forbidden_number(opened: list[str], monkeypatch: Any) -> None:
    assert len(FORBIDDEN_INSIDE) > 30
    answers: list[str] = []
    monkeypatch.setattr(egress, "look_up", lambda *_a: list(answers))
    with listed("tcp://mail.example:25", "mail"):
        for number in FORBIDDEN_INSIDE:
            answers[:] = ["192.168.1.5", number]
            with pytest.raises(CallRefused, match="forbidden-address"):
                lines.open_line("tcp://mail.example:25", purpose="mail", seconds=1)
        assert opened == []
        answers[:] = ["192.168.1.5"]
        lines.open_line("tcp://mail.example:25", purpose="mail", seconds=1)
    assert opened == ["192.168.1.5"]


def test_nobody_there_is_said(monkeypatch: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with listed(f"tcp://127.0.0.1:{port}", "mail"), pytest.raises(NotReached):
        lines.open_line(f"tcp://127.0.0.1:{port}", purpose="mail", seconds=1)
    with listed("tcp://nobody.invalid:25", "mail"), pytest.raises(CallFailed):
        lines.open_line("tcp://nobody.invalid:25", purpose="mail", seconds=1)
