"""Stand-ins for the outside world of notices: a mail server and a text message provider on this machine.

They speak the real protocols (SMTP; the provider's signed RPC calls), keep the newest messages in a folder
and show them on a small page. For demonstrations and tests; nothing leaves the machine.

    jingkai stand-in mail --port 2525        jingkai stand-in sms --port 8025
"""

from __future__ import annotations

import threading
from pathlib import Path

from jingkai.kernel.notices.standins.mail import MailStandIn
from jingkai.kernel.notices.standins.sms import SmsStandIn
from jingkai.kernel.notices.standins.store import MessageStore

__all__ = ["MailStandIn", "MessageStore", "SmsStandIn", "serve_mail", "serve_sms"]


def serve_mail(*, port: int, folder: Path) -> None:
    """Take in e-mail on a port of this machine until the process ends."""
    with MailStandIn(store=MessageStore(folder), port=port):
        threading.Event().wait()


def serve_sms(*, port: int, folder: Path) -> None:
    """Play the text message provider on a port until the process ends; its page also shows the e-mails.

    The account is the one that the product uses: JINGKAI_SMS_KEY_ID and JINGKAI_SMS_KEY_SECRET.
    """
    from django.conf import settings

    beside = MessageStore(folder.parent / "mail")
    account = {settings.SMS_KEY_ID or "demo": settings.SMS_KEY_SECRET}
    with SmsStandIn(store=MessageStore(folder), accounts=account, port=port, shown=[beside]):
        threading.Event().wait()
