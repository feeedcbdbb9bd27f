"""What the licence library hangs into menus and pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import menu, url_of
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences import queries, rules
from jingkai.ui.data import Stat

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

STREAMS = {
    "licence": _("Licence"),
}
"""What the trail calls the things kept here."""

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


def own_licences(request: Any, enterprise: Any) -> list[Stat]:
    """How many licences the library holds, and how many end soon."""
    if rules.KEEP_OWN not in request.actor.permissions:
        return []
    held, ending = queries.count_of(enterprise.pk, on=timezone.localdate(request.at))
    note = str(_("%(number)s end within 30 days") % {"number": ending}) if ending else ""
    url = url_of("licences:mine")
    return [Stat(str(_("Valid licences and materials")), str(held), note=note, url=url)]


def register() -> None:
    """Hang everything in; called once while starting."""
    for entry in MENU:
        menu.register(entry)
    describe_actions(ACTIONS)
    for kind, label in STREAMS.items():
        describe_stream(kind, label)
    enterprises.home_stats.register(enterprises.HomeStat("licences", own_licences, order=20))
