"""A letter or a text message at once and without a row: for words that go out when the database is away."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import escape
from uuid6 import uuid7

from jingkai.kernel.notices.connectors import mail, sms
from jingkai.kernel.notices.data import Letter, NotSent, ShortMessage

NOT_SET_UP = "not-set-up"


def mail_at_once(*, to: str, subject: str, text: str) -> None:
    """Hand a letter to the mail server now. Error: NotSent, also where no server is named."""
    if not mail.is_set_up():
        raise NotSent(NOT_SET_UP)
    html = f"<pre>{escape(text)}</pre>"
    mail.send(Letter(id=str(uuid7()), to=to, subject=subject, text=text, html=html))


def sms_at_once(*, phone: str, template_code: str, params: Mapping[str, str]) -> None:
    """Hand a text message to the provider now. Error: NotSent, also where there is no account."""
    if not sms.is_set_up():
        raise NotSent(NOT_SET_UP)
    sms.provider().send(ShortMessage(str(uuid7()), phone, template_code, params))
