"""Lines to services that speak no HTTP, by the same way out: the mail server, the virus scanner.

Only the installation's own environment names such a service, never a page; its name is resolved and judged as
that of every call (a service may stand inside the network, but is never a metadata service or link-local).
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.data import CallRefused, NotReached
from jingkai.kernel.exchange.rules import endpoints


def open_line(address: str, *, purpose: str, seconds: float) -> socket.socket:
    """Open a connection to `tcp://host:port` or `unix:///path`. Errors: CallRefused, NotReached.

    The address must be, letter for letter, what the environment names for this purpose.
    """
    if not address or address not in {one.address() for one in endpoints.all() if one.purpose == purpose}:
        raise CallRefused("not-listed", f"{address} ({purpose})")
    parts = urlsplit(address)
    try:
        if parts.scheme == "unix":
            return connect_local(parts.path, seconds)
        host, port = parts.hostname, parts.port
        if parts.scheme != "tcp" or not host or not port or "@" in parts.netloc:
            raise CallRefused("bad-address", address)
        numbers = egress.resolve(host, port, internal=True, seconds=seconds)
        return _first_of(numbers, port, seconds)
    except (OSError, ValueError) as error:
        raise NotReached(type(error).__name__, str(error)) from error


def _first_of(numbers: list[str], port: int, seconds: float) -> socket.socket:
    last: OSError = OSError("no address")
    for number in numbers:
        try:
            return connect(number, port, seconds)
        except OSError as error:
            last = error
    raise last


def connect(number: str, port: int, seconds: float) -> socket.socket:
    """Connect to one judged number."""
    return socket.create_connection((number, port), timeout=seconds)


def connect_local(path: str, seconds: float) -> socket.socket:
    """Connect to a socket of this machine."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line
