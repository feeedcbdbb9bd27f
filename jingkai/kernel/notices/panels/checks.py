"""What `jingkai doctor` asks about e-mail, text messages and what did not arrive."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from jingkai.kernel.exchange.api import call
from jingkai.kernel.exchange.data import CallFailed, Limits
from jingkai.kernel.hooks.data import CheckResult
from jingkai.kernel.notices.connectors import mail, sms, smtp
from jingkai.kernel.notices.models import Delivery
from jingkai.kernel.notices.queries.deliveries import count_failed

MANY = 1


def check_mail() -> CheckResult:
    """Open a conversation with the mail server and close it."""
    if not mail.is_set_up():
        advice = _("Set JINGKAI_MAIL_URL (smtp://, smtps:// or smtp+starttls://) and JINGKAI_MAIL_FROM.")
        return CheckResult("warn", _("No mail server is set up; notices stay on the page."), advice)
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection(timeout=5):
            pass
    except smtp.FAILURES as error:
        advice = _("Check JINGKAI_MAIL_URL and whether the server lets this machine in.")
        message = _("The mail server %(where)s does not answer: %(error)s")
        return CheckResult("fail", message % {"where": where, "error": error}, advice)
    return CheckResult("ok", _("The mail server %(where)s answers.") % {"where": where})


def check_sms() -> CheckResult:
    """See that the provider's address answers at all (no message is sent)."""
    if not sms.is_set_up():
        advice = _(
            "Set JINGKAI_SMS_ENDPOINT, JINGKAI_SMS_KEY_ID, JINGKAI_SMS_KEY_SECRET and JINGKAI_SMS_SIGN_NAME."
        )
        return CheckResult("warn", _("No provider of text messages is set up."), advice)
    try:
        call(settings.SMS_ENDPOINT, purpose="sms", limits=Limits(seconds=5))
    except CallFailed as error:
        advice = _("Check JINGKAI_SMS_ENDPOINT and whether this machine may reach it.")
        message = _("The provider of text messages does not answer: %(error)s")
        return CheckResult("fail", message % {"error": error}, advice)
    if not settings.SMS_SIGN_NAME:
        advice = _("Set JINGKAI_SMS_SIGN_NAME to the signature registered with the provider.")
        return CheckResult("warn", _("Text messages have no signature."), advice)
    return CheckResult("ok", _("The provider of text messages answers."))


def check_failures() -> CheckResult:
    """Count the messages that did not arrive."""
    failed = count_failed()
    given_up = failed.get(Delivery.State.PERMANENT, 0)
    if given_up >= MANY:
        advice = _("Open “Deliveries” in the menu, see why, and have them repeated.")
        return CheckResult("warn", _("%(number)s messages were given up.") % {"number": given_up}, advice)
    return CheckResult("ok", _("No message was given up."))
