"""SMTP as Django speaks it, over a line that the one way out opens."""

from __future__ import annotations

import smtplib
import socket
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.utils.functional import cached_property

from jingkai.kernel.exchange.api import open_line, tls_for
from jingkai.kernel.exchange.data import CallFailed

PURPOSE = "mail"
FAILURES = (smtplib.SMTPException, OSError)
"""What the conversation with a mail server may end in."""


def address() -> str:
    """The mail server that the environment names, as an address of the way out; empty: none."""
    if not getattr(settings, "MAIL", None):
        return ""
    host = settings.EMAIL_HOST
    return f"tcp://[{host}]:{settings.EMAIL_PORT}" if ":" in host else f"tcp://{host}:{settings.EMAIL_PORT}"


def encryption() -> str:
    """How the conversation is encrypted: "tls" from the first byte, "starttls", or not."""
    return "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else ""


def _line(timeout: Any) -> socket.socket:
    seconds = timeout if isinstance(timeout, int | float) else settings.EMAIL_TIMEOUT
    try:
        return open_line(address(), purpose=PURPOSE, seconds=seconds)
    except CallFailed as error:
        raise OSError(str(error)) from error


class Plain(smtplib.SMTP):
    """A conversation that begins unencrypted (and may go on encrypted: STARTTLS)."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host, port
        return _line(timeout)


class Encrypted(smtplib.SMTP_SSL):
    """A conversation that is encrypted from its first byte, with a server that proves its name."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del port
        return self.context.wrap_socket(_line(timeout), server_hostname=host)


class Backend(EmailBackend):
    """Django's own backend, but for who opens the connection."""

    @cached_property
    def ssl_context(self) -> Any:
        """Believes whom the operator pinned for this host, else the machine's list of authorities."""
        try:
            return tls_for(settings.EMAIL_HOST)
        except CallFailed as error:
            raise OSError(str(error)) from error

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The kind of conversation that the environment asks for."""
        return Encrypted if self.use_ssl else Plain
