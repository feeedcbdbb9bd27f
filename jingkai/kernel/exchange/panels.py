"""What the door hangs into the pages of others: menu entries, doctor's checks, its words for the trail."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.exchange.data import BREAK_AFTER
from jingkai.kernel.exchange.operations.front import check_front
from jingkai.kernel.exchange.queries.certificates import check_certificates
from jingkai.kernel.exchange.queries.journal import count_by_state, list_systems, system_name
from jingkai.kernel.exchange.queries.webhooks import count_troubled
from jingkai.kernel.exchange.rules import (
    MANAGE_TOKENS,
    MANAGE_WEBHOOKS,
    PERMISSIONS,
    SEE_EXCHANGE,
    WRONG_TOKENS,
)
from jingkai.kernel.hooks.api import doctor_checks, menu
from jingkai.kernel.hooks.data import CheckResult, DoctorCheck, MenuEntry
from jingkai.kernel.organisation.api import grant_by_default
from jingkai.kernel.pace.api import Pace, paces

MENU = (
    MenuEntry(
        label=_("Data exchange"),
        url_name="exchange:journal",
        icon="transfer",
        group=_("System"),
        order=950,
        permission=SEE_EXCHANGE,
    ),
    MenuEntry(
        label=_("Access tokens"),
        url_name="exchange:tokens",
        icon="key",
        group=_("System"),
        order=960,
        permission=MANAGE_TOKENS,
    ),
    MenuEntry(
        label=_("Webhooks"),
        url_name="exchange:webhooks",
        icon="share",
        group=_("System"),
        order=965,
        permission=MANAGE_WEBHOOKS,
    ),
)

ACTIONS = {
    "token.issued": _("Access token given out"),
    "token.revoked": _("Access token withdrawn"),
    "webhook.added": _("Webhook added"),
    "webhook.changed": _("Webhook changed"),
    "webhook.secret_renewed": _("Webhook's secret renewed"),
    "webhook.disabled": _("Webhook switched off for silence"),
    "webhook.replayed": _("Event message sent again"),
    "exchange.retried": _("Exchange sent again"),
    "exchange.done_by_hand": _("Exchange done by hand"),
    "exchange.sheet_opened": _("Copy sheet opened"),
    "export.ordered": _("Long list ordered"),
    "export.taken": _("Long list taken"),
    "exchange.list_exported": _("List taken as a spreadsheet"),
}


def check_systems() -> CheckResult:
    """Say which systems outside do not answer, and what waits for them."""
    ill = [system_name(one.system) for one in list_systems() if one.failures >= BREAK_AFTER]
    counts = count_by_state()
    if ill:
        message = translated("%(systems)s do not answer; what is meant for them waits.")
        advice = translated("Open “Data exchange”; what is urgent can be copied over by hand.")
        return CheckResult("fail", message % {"systems": "、".join(ill)}, advice)
    if counts["hand"]:
        message = translated("%(number)s exchanges wait for a hand.")
        advice = translated("Open “Data exchange” and copy them over, or send them again.")
        return CheckResult("warn", message % {"number": counts["hand"]}, advice)
    return CheckResult("ok", translated("Every system outside that was asked has answered."))


def check_webhooks() -> CheckResult:
    """Say which tellings do not arrive."""
    off, lost = count_troubled()
    if off or lost:
        message = translated(
            "%(off)s webhooks are switched off for silence, %(lost)s tellings were given up."
        )
        advice = translated("Open “Webhooks”, see why, and switch them on or send them again.")
        return CheckResult("warn", message % {"off": off, "lost": lost}, advice)
    return CheckResult("ok", translated("Every webhook answers."))


PACE = Pace(code=WRONG_TOKENS, label=_("Call the interface without a valid token"), most=60, minutes=10)


def register() -> None:
    """Hang everything in; called once while the product starts."""
    paces.register(PACE)
    for entry in MENU:
        menu.register(entry)
    doctor_checks.register(DoctorCheck("exchange", check_systems))
    doctor_checks.register(DoctorCheck("webhooks", check_webhooks))
    doctor_checks.register(DoctorCheck("certificates", lambda: check_certificates(at=timezone.now())))
    doctor_checks.register(DoctorCheck("front", check_front))
    grant_by_default("system_admin", *(permission.code for permission in PERMISSIONS))
    describe_actions(ACTIONS)
    describe_stream("exchange.apitoken", _("Access token"))
    describe_stream("exchange.webhook", _("Webhook"))
    describe_stream("exchange.export", _("Long list"))
    describe_stream("exchange.copy_sheet", _("Copy sheet"))
    describe_stream("exchange.exchange", _("Exchange"))
