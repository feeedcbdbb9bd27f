"""What the registry hangs into menus and pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions
from jingkai.kernel.hooks.api import menu, shell_parts, url_of
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.modules.enterprises import rules

MENU = (
    MenuEntry(
        label=_("Enterprises"),
        url_name="enterprises:list",
        icon="building-factory-2",
        group=_("Services"),
        order=300,
        permission=rules.SEE,
    ),
    MenuEntry(
        label=_("My enterprise"),
        url_name="enterprises:home",
        icon="building",
        order=30,
        place="nav",
        kinds=("enterprise",),
    ),
)

ACTIONS = {
    "enterprise.registered": _("Enterprise registered"),
    "enterprise.changed": _("Enterprise changed"),
    "credit_code.admitted": _("Early credit code admitted"),
    "handler.invited": _("Handler invited"),
    "handler.proven": _("Acts for the enterprise by the unified log-in"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "industry.added": _("Industry added"),
    "enterprises.exported": _("Register of enterprises exported"),
    "person.consented": _("Consent to personal data given"),
}


def register_link(request: Any) -> dict[str, Any]:
    """Offer visitors the way to register."""
    return {} if request.user.is_authenticated else {"register_url": url_of("enterprises:register")}


def register() -> None:
    """Hang everything in; called once while starting."""
    for entry in MENU:
        menu.register(entry)
    shell_parts.register(register_link)
    describe_actions(ACTIONS)
