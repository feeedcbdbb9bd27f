"""The certificate that a host shows: looked at, never trusted for anything.

Nothing but STARTTLS is sent on such a connection, so it is opened to hosts whose certificate does not hold,
too: one that has run out is just what must be seen. Name and numbers are judged as for every call.
"""

from __future__ import annotations

import re
import ssl
import time
from datetime import datetime

import httpcore
from cryptography import x509

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.data import Limits, NoAnswer, NotReached, Target

LIMITS = Limits(seconds=6.0)
MOST_BYTES = 16_384


def end_of_certificate(target: Target) -> datetime:
    """Give the moment at which the certificate of a host ends. Errors: CallRefused, NotReached, NoAnswer."""
    deadline = time.monotonic() + LIMITS.seconds
    addresses = egress.resolve(
        target.host, target.port, internal=target.internal, seconds=min(LIMITS.connect, LIMITS.seconds)
    )
    line = egress.Pinned(addresses, LIMITS.connect, deadline)
    try:
        stream = line.connect_tcp(target.host, target.port)
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise NotReached(type(error).__name__, str(error)) from error
    try:
        if target.starttls:
            _ask_for_tls(stream)
        spoken = stream.start_tls(_looking(), target.host)
        shown: bytes | None = spoken.get_extra_info("ssl_object").getpeercert(True)
        return x509.load_der_x509_certificate(shown or b"").not_valid_after_utc
    except (httpcore.NetworkError, httpcore.TimeoutException, OSError, ValueError) as error:
        raise NoAnswer(type(error).__name__, str(error)) from error
    finally:
        stream.close()


def _ask_for_tls(stream: httpcore.NetworkStream) -> None:
    """Ask a mail server to go on encrypted (RFC 3207). Error: ValueError where it does not."""
    for words, wanted in (("", "220"), ("EHLO jingkai", "250"), ("STARTTLS", "220")):
        if words:
            stream.write(f"{words}\r\n".encode())
        answer = _answer(stream)
        if not answer.startswith(wanted):
            raise ValueError(f"{words or 'greeting'}: {answer[:80]}")


def _answer(stream: httpcore.NetworkStream) -> str:
    """Read one answer, which may have several lines; the last one has a space after its number."""
    raw = b""
    while not re.search(rb"(?:^|\n)\d{3} [^\n]*\n$", raw):
        part = stream.read(1024)
        raw += part
        if not part or len(raw) > MOST_BYTES:
            raise ValueError("no answer of a mail server")
    return raw.decode("latin-1").strip()


def _looking() -> ssl.SSLContext:
    """Believes nobody and asks everybody; whoever calls uses another one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
