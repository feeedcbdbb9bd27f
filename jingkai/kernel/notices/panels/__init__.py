"""What notices hang into the pages of others: bell, menu, doctor's checks, words for the trail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.api import PhoneProver, set_phone_prover
from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.exchange.api import copy_sheets, endpoints
from jingkai.kernel.exchange.data import Endpoint
from jingkai.kernel.hooks.api import doctor_checks, menu, shell_parts, tallied, tallies, url_of
from jingkai.kernel.hooks.data import DoctorCheck, MenuEntry, Tally
from jingkai.kernel.notices.connectors import smtp
from jingkai.kernel.notices.operations import finish_phone_check, start_phone_check
from jingkai.kernel.notices.panels.checks import check_failures, check_mail, check_sms
from jingkai.kernel.notices.panels.sheets import SHEET
from jingkai.kernel.notices.queries import UNREAD_SQL
from jingkai.kernel.notices.rules import MANAGE_DELIVERIES, MANAGE_TEXTS, PERMISSIONS
from jingkai.kernel.organisation.api import grant_by_default
from jingkai.kernel.permissions.api import declare

MENU = (
    MenuEntry(
        label=_("Notices"),
        url_name="notices",
        icon="bell",
        order=90,
        place="account",
        kinds=("staff", "enterprise"),
    ),
    MenuEntry(
        label=_("Deliveries"),
        url_name="deliveries",
        icon="send",
        group=_("System"),
        order=940,
        permission=MANAGE_DELIVERIES,
    ),
    MenuEntry(
        label=_("Notice texts"),
        url_name="notice_texts",
        icon="template",
        group=_("System"),
        order=945,
        permission=MANAGE_TEXTS,
    ),
)
DOCTOR = (
    DoctorCheck("mail", check_mail),
    DoctorCheck("text-messages", check_sms),
    DoctorCheck("deliveries", check_failures),
)


def _reader(request: Any) -> dict[str, Any] | None:
    person = getattr(getattr(request, "actor", None), "party_id", None)
    return None if person is None else {"unread_of": person}


UNREAD = Tally(name="notices.unread", sql=UNREAD_SQL, values=_reader)


def bell(request: Any) -> dict[str, Any]:
    """Give every page the number of unread notices of the person who looks at it."""
    unread = tallied(request).get(UNREAD.name)
    return {} if unread is None else {"unread": unread, "unread_url": url_of("notices")}


def register() -> None:
    """Hang everything in; called once while starting."""
    declare(*PERMISSIONS)
    grant_by_default("system_admin", MANAGE_DELIVERIES, MANAGE_TEXTS)
    for entry in MENU:
        menu.register(entry)
    for check in DOCTOR:
        doctor_checks.register(check)
    shell_parts.register(bell)
    tallies.register(UNREAD)
    copy_sheets.register(SHEET)
    endpoints.register(Endpoint("sms", _("Text messages"), lambda: settings.SMS_ENDPOINT))
    endpoints.register(Endpoint(smtp.PURPOSE, _("Mail server"), smtp.address, smtp.encryption))
    set_phone_prover(PhoneProver(start_phone_check, finish_phone_check))
    describe_stream("notices.deliveries", _("Deliveries"))
    describe_stream("notices.noticetemplate", _("Notice text"))
    describe_actions(
        {
            "delivery.repeated": _("Delivery repeated"),
            "delivery.sent_by_hand": _("Text message sent by hand"),
            "notice_text.written": _("Notice text written"),
        }
    )
