"""What the door hangs into the pages of others: menu entries, and its words for the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.exchange.rules import MANAGE_TOKENS, PERMISSIONS
from jingkai.kernel.hooks.api import menu
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.organisation.api import grant_by_default

MENU = (
    MenuEntry(
        label=_("Access tokens"),
        url_name="exchange:tokens",
        icon="key",
        group=_("System"),
        order=960,
        permission=MANAGE_TOKENS,
    ),
)

ACTIONS = {
    "token.issued": _("Access token given out"),
    "token.revoked": _("Access token withdrawn"),
    "exchange.list_exported": _("List taken as a spreadsheet"),
}


def register() -> None:
    """Hang everything in; called once while the product starts."""
    for entry in MENU:
        menu.register(entry)
    grant_by_default("system_admin", *(permission.code for permission in PERMISSIONS))
    describe_actions(ACTIONS)
    describe_stream("exchange.apitoken", _("Access token"))
