"""How the installation's own address speaks encrypted, as somebody sees it who comes from outside.

Nothing is sent. What must not be spoken is asked for on purpose: versions before TLS 1.2, and ciphers whose
recordings could be opened later with the server's key.
"""

from __future__ import annotations

import ssl
import time
import warnings
from collections.abc import Callable
from functools import partial

import httpcore

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.connectors.authorities import tls_for
from jingkai.kernel.exchange.data import Front, Limits, NoAnswer, NotReached, Target

LIMITS = Limits(seconds=6.0)
WITHOUT_SECRECY = "kRSA:aNULL:eNULL:EXPORT:RC4:3DES:@SECLEVEL=0"
EVERYTHING = "ALL:eNULL:@SECLEVEL=0"


def look_at_front(target: Target, *, believing: Callable[[], ssl.SSLContext] | None = None) -> Front:
    """Shake hands in every way that matters. Errors: CallRefused, NotReached, NoAnswer.

    `believing` gives the settings that trust who is to be trusted; those of every call, unless told.
    """
    addresses = egress.resolve(
        target.host, target.port, internal=target.internal, seconds=min(LIMITS.connect, LIMITS.seconds)
    )

    def refused(context: ssl.SSLContext | None) -> str:
        """Why no conversation came about; empty where one did."""
        return _handshake(target, addresses, context) if context else "not spoken here"

    return Front(
        address=target.host if target.port == 443 else f"{target.host}:{target.port}",
        disbelief=refused((believing or partial(tls_for, target.host))()),
        old=not refused(_asking(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, EVERYTHING)),
        weak=not refused(_asking(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, WITHOUT_SECRECY)),
    )


def _handshake(target: Target, addresses: list[str], context: ssl.SSLContext) -> str:
    """Open a conversation and leave at once; gives why the other side, or we, would not have it."""
    line = egress.Pinned(addresses, LIMITS.connect, time.monotonic() + LIMITS.seconds)
    try:
        stream = line.connect_tcp(target.host, target.port)
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise NotReached(type(error).__name__, str(error)) from error
    try:
        stream.start_tls(context, target.host)
    except (httpcore.TimeoutException, httpcore.ReadError) as error:
        raise NoAnswer(type(error).__name__, str(error)) from error
    except (httpcore.NetworkError, OSError) as error:
        cause = error.__cause__ or error.__context__ or error
        return str(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or cause or "refused")
    finally:
        stream.close()
    return ""


def _asking(oldest: ssl.TLSVersion, newest: ssl.TLSVersion, ciphers: str) -> ssl.SSLContext | None:
    """Believes nobody, and speaks only what is asked about; None where this machine cannot speak it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version, context.maximum_version = oldest, newest
        context.set_ciphers(ciphers)
    except (ssl.SSLError, ValueError):
        return None
    return context
