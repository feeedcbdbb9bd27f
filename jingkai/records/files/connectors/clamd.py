"""A virus scanner that speaks clamd's protocol (man clamd: INSTREAM, PING), on this machine or near it.

The socket is the installation's own choice (`JINGKAI_SCANNER_URL`), never a person's: no address that comes
from a page or a file leads here, and the one way out opens it.
"""

from __future__ import annotations

import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from jingkai.kernel.exchange.api import open_line
from jingkai.kernel.exchange.data import CallFailed

if TYPE_CHECKING:
    import socket

CHUNK = 64 * 1024
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
LONGEST_ANSWER = 4096
PORT = 3310
PURPOSE = "scanner"


class ScannerAway(Exception):
    """The scanner gave no answer that can be relied on; holds what went wrong."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner under `unix:///run/clamav/clamd.ctl` or `tcp://host:3310`."""

    url: str
    answer_seconds: float = ANSWER_SECONDS

    def scan(self, path: Path) -> str:
        """Send a file; gives the name of what was found in it, empty for a clean one. Errors: ScannerAway."""
        with path.open("rb") as file:
            answer = self._ask(b"zINSTREAM\0", file)
        if answer.endswith("OK"):
            return ""
        if answer.endswith("FOUND"):
            return answer.removeprefix("stream:").removesuffix("FOUND").strip() or "?"
        raise ScannerAway(answer or "no answer")

    def ping(self) -> None:
        """Ask whether it listens. Errors: ScannerAway."""
        if (answer := self._ask(b"zPING\0")) != "PONG":
            raise ScannerAway(answer or "no answer")

    def _ask(self, command: bytes, file: IO[bytes] | None = None) -> str:
        try:
            with closing(self._connected()) as line:
                line.sendall(command)
                if file is not None:
                    _send(line, file)
                return _answer(line)
        except (OSError, CallFailed) as error:
            raise ScannerAway(str(error) or type(error).__name__) from error

    def _connected(self) -> socket.socket:
        line = open_line(self.url, purpose=PURPOSE, seconds=CONNECT_SECONDS)
        line.settimeout(self.answer_seconds)
        return line


def address_of(url: str) -> str:
    """Give the address as the way out knows it, with clamd's own port where none is named."""
    parts = urlsplit(url)
    return f"{url.rstrip('/')}:{PORT}" if parts.scheme == "tcp" and parts.port is None else url


def _send(line: socket.socket, file: IO[bytes]) -> None:
    """Send a file in pieces, each after its length; a length of zero ends it."""
    try:
        while piece := file.read(CHUNK):
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return  # it has answered before the end, such as that the file is too large: the answer says so


def _answer(line: socket.socket) -> str:
    """Read up to the zero byte that ends an answer."""
    told = b""
    while b"\0" not in told and len(told) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        told += piece
    return told.split(b"\0")[0].decode("utf-8", "replace").strip()
