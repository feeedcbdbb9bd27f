"""What the licence library hangs into menus and pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions
from jingkai.kernel.hooks.api import menu
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.modules.licences import rules

MENU = (
    MenuEntry(
        label=_("My licences"),
        url_name="licences:mine",
        icon="folder",
        order=7,
        place="nav",
        permission=rules.KEEP_OWN,
        kinds=("enterprise",),
    ),
    MenuEntry(
        label=_("Licences of enterprises"),
        url_name="licences:all",
        icon="folder",
        group=_("Services"),
        order=310,
        permission=rules.SEE,
    ),
)

ACTIONS = {
    "licence.added": _("Licence put into the library"),
    "licence.corrected": _("Licence corrected"),
    "licence.renewed": _("Licence renewed"),
    "licence.removed": _("Licence taken out of the library"),
    "licence.revoked": _("Licence marked as revoked"),
    "licence.result_kept": _("Result kept in the library"),
    "licence.result_ended": _("Result in the library ended"),
    "licence.read_from_province": _("Licence read from the provincial system"),
    "licence.consent_given": _("Consent to the use of a licence given"),
    "licence.consent_revoked": _("Consent to the use of a licence taken back"),
    "licence.list_exported": _("List of licences taken as a spreadsheet"),
}


def register() -> None:
    """Hang everything in; called once while starting."""
    for entry in MENU:
        menu.register(entry)
    describe_actions(ACTIONS)
