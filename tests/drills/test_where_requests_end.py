"""Where a request ends is read in one way only: nothing is hidden in the body of another one.

What a proxy and the server could read differently (two lengths, a length beside pieces, pieces that are none)
is either refused or ends the connection after its one answer. So no second request comes out of its rest.
"""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
HIDDEN = b"GET /services/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
PIECES = b"Transfer-Encoding: chunked\r\n"
AMBIGUOUS = {
    "a length and pieces": b"Content-Length: 60\r\n" + PIECES + b"\r\n0\r\n\r\n" + HIDDEN,
    "pieces and a length": PIECES + b"Content-Length: 4\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": b"Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello" + HIDDEN,
    "a list of lengths": b"Content-Length: 0, 5\r\n\r\nhello" + HIDDEN,
    "a length with a sign": b"Content-Length: +5\r\n\r\nhello" + HIDDEN,
    "a length below zero": b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in two lines": b"Content-Length:\r\n 5\r\n\r\nhello" + HIDDEN,
    "a length with a null": b"Content-Length: 5\x00\r\n\r\nhello" + HIDDEN,
    "pieces of another name": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "pieces that are whole": b"Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "pieces said twice": PIECES + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a space before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a piece too long to count": PIECES + b"\r\nfffffffffffffffff1\r\n" + HIDDEN,
    "a piece with a prefix": PIECES + b"\r\n0x5\r\nhello\r\n0\r\n\r\n" + HIDDEN,
    "a line within a piece's head": PIECES + b"\r\n5;a\nb\r\nhello\r\n0\r\n\r\n" + HIDDEN,
}


def answers(port: int, sent: bytes) -> tuple[int, bool]:
    """Send bytes on one connection; gives how many answers came, and whether the server ended it."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(sent)
        with suppress(ConnectionResetError):
            while piece := line.recv(65536):
                received += piece
                if received.count(b"HTTP/1.1 ") > 1:
                    return received.count(b"HTTP/1.1 "), False
    return received.count(b"HTTP/1.1 "), True


def test_no_request_hides_in_another_one(server: int) -> None:
    head = b"POST /services/ HTTP/1.1\r\nHost: localhost\r\n"
    assert answers(server, head + b"Content-Length: 5\r\n\r\nhello" + HIDDEN)[0] == 2, "a plain second one"
    found = {name: answers(server, head + rest) for name, rest in AMBIGUOUS.items()}
    assert {name: one for name, one in found.items() if one != (1, True)} == {}
