"""What the inbox hangs into the menu and gives to the standard roles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.casework.inbox import queries, rules
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import menu, menu_counts
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.organisation.api import grant_by_default
from jingkai.kernel.permissions.api import declare

MENU = (
    MenuEntry(label=_("Desk"), url_name="inbox:desk", icon="inbox", order=10),
    MenuEntry(label=_("Cases"), url_name="inbox:cases", icon="folder", order=20),
    MenuEntry(
        label=_("Cockpit"),
        url_name="inbox:cockpit",
        icon="layout-dashboard",
        order=30,
        permission=rules.SEE_COCKPIT,
    ),
)
RIGHTS = {
    "leader": (rules.SEE_COCKPIT, rules.SEE_TRAIL),
    "signer": (rules.SEE_COCKPIT, rules.SEE_TRAIL),
    "unit_head": (rules.SEE_COCKPIT, rules.SEE_TRAIL),
}


def register() -> None:
    """Hang everything in; called once while the product starts."""
    declare(*rules.PERMISSIONS)
    for role, codes in RIGHTS.items():
        grant_by_default(role, *codes)
    for entry in MENU:
        menu.register(entry)
    menu_counts.register(queries.menu_counts)
    audit.describe_stream("inbox.export", _("Export of lists"))
    audit.describe_actions({"list.exported": _("List exported")})
