"""E-mail over SMTP (RFC 5321), with an id that stays the same at every try."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from jingkai.kernel.notices.data import Letter, NotSent

_FINAL = range(500, 600)


def is_set_up() -> bool:
    """Say whether the installation has a mail server."""
    return bool(getattr(settings, "MAIL", None))


def send(letter: Letter) -> None:
    """Hand a letter to the mail server; raises `NotSent`.

    The Message-ID is the delivery's own, so a receiver recognises a repetition (RFC 5322, 3.6.4).
    """
    message = EmailMultiAlternatives(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.to], headers=_headers(letter)
    )
    message.attach_alternative(letter.html, "text/html")
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise NotSent(str(code), _text(words), is_final=code in _FINAL) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(str(error.smtp_code), _text(error.smtp_error)) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise NotSent(
            str(error.smtp_code), _text(error.smtp_error), is_final=error.smtp_code in _FINAL
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(type(error).__name__, str(error)) from error


def _headers(letter: Letter) -> dict[str, str]:
    host = _own_host()
    return {
        "Message-ID": f"<{letter.id}@{host}>",
        "List-Id": f"<notices.{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _own_host() -> str:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return address or urlsplit(settings.BASE_URL).hostname or "localhost"


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
