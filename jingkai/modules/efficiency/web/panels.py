"""What efficiency hangs into menus and onto the leaders' board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import cockpit_tiles, menu
from jingkai.kernel.hooks.data import CockpitTile, MenuEntry
from jingkai.modules.efficiency import queries, rules
from jingkai.modules.efficiency.data import Scope
from jingkai.modules.efficiency.operations.reports import OWNER
from jingkai.modules.efficiency.web import shown
from jingkai.records.files import api as files
from jingkai.records.files.data import OwnerKind

MENU = (
    MenuEntry(
        label=_("Efficiency"),
        url_name="efficiency:figures",
        icon="gauge",
        group=_("Services"),
        order=60,
        permission=rules.SEE,
    ),
)
STREAMS = {
    "efficiency.report": _("Monthly report of efficiency"),
}
"""What the trail calls the things kept here."""

ACTIONS = {
    "efficiency.exported": _("Figures taken as a spreadsheet"),
    "efficiency.report_asked": _("Monthly report asked for"),
    "efficiency.report_failed": _("Monthly report could not be made"),
    "efficiency.report_tried_again": _("Monthly report asked for once more"),
    "efficiency.report_made": _("Monthly report made"),
    "efficiency.report_issued": _("Monthly report issued"),
}


def tile(request: Any, _subject: Any) -> Mapping[str, Any] | None:
    """The last twelve months in one strip; nothing where nothing was handled."""
    month = timezone.localdate(request.at).replace(day=1)
    scope = Scope(since=rules.months_before(month, 11), until=month, units=rules.units_seen(request.actor))
    found = queries.summary(scope=scope)
    return {"stats": shown.stats(found[:1])} if found else None


def register() -> None:
    """Hang everything in; called once while the product starts."""
    for entry in MENU:
        menu.register(entry)
    describe_actions(ACTIONS)
    for kind, label in STREAMS.items():
        describe_stream(kind, label)
    cockpit_tiles.register(
        CockpitTile(
            key="efficiency",
            label=_("Efficiency, last twelve months"),
            template="efficiency/tile.html",
            context=tile,
            order=40,
            permission=rules.SEE,
            wide=True,
        )
    )
    files.register_owner(
        OwnerKind(code=OWNER, may_read=lambda actor, _number: rules.SEE in actor.permissions)
    )
