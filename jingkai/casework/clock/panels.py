"""What clocks hang into others' pages: menu, rights, words of the trail, consequences of a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.clock import queries
from jingkai.casework.clock.models import Reprojection
from jingkai.casework.clock.rules import permissions as rights
from jingkai.kernel.audit import api as audit
from jingkai.kernel.calendar.api import consequences
from jingkai.kernel.calendar.models import CalendarDraft, CalendarYear
from jingkai.kernel.hooks.api import menu
from jingkai.kernel.hooks.data import MenuEntry, Section
from jingkai.kernel.organisation.api import grant_by_default
from jingkai.kernel.permissions.api import declare

MENU = MenuEntry(label=_("Cards"), url_name="clock:cards", icon="flag", order=35)
RIGHTS = {
    "leader": (rights.SUPERVISE, rights.SEE_CARDS),
    "supervisor": (rights.SUPERVISE, rights.SEE_CARDS),
    "signer": (rights.EXTEND,),
    "unit_head": (rights.EXTEND,),
}
ACTIONS = {
    "clock.start": _("Clock started"),
    "clock.suspend": _("Clock put on hold"),
    "clock.resume": _("Clock resumed"),
    "clock.extend": _("Clock extended"),
    "clock.stop": _("Clock ended"),
    "clock.reproject": _("Clock computed anew"),
    "clock.lapse": _("Limit ended unanswered"),
    "card.issue": _("Card issued"),
    "card.appeal": _("Card appealed"),
    "card.decide": _("Appeal against a card decided"),
    "card.export": _("List of cards exported"),
}


def register() -> None:
    """Hang everything in; called once while the product starts."""
    declare(*rights.PERMISSIONS)
    for role, codes in RIGHTS.items():
        grant_by_default(role, *codes)
    menu.register(MENU)
    consequences.register(MOVES)
    audit.describe_actions(ACTIONS)
    audit.describe_stream("clock.clock", _("Clock"))
    audit.describe_stream("clock.card", _("Card"))
    audit.describe_stream("clock.card_export", _("Export of cards"))


def moves_section(_request: Any, subject: Any) -> Mapping[str, Any] | None:
    """Show which due days a drafted year would move, or the newest change of a year has moved."""
    run: Reprojection | None = None
    if isinstance(subject, CalendarDraft):
        if subject.in_force_as is None:
            run = queries.run_of_draft(subject.pk)
    elif isinstance(subject, CalendarYear):
        run = queries.newest_run(subject.year)
    if run is None:
        return None
    return {"run": run, "progress": queries.progress_of(run)}


MOVES = Section(
    key="moves", label=_("Due days that move"), template="clock/parts/moves.html", context=moves_section
)
