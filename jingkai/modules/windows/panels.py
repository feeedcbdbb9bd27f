"""What the windows hang into menus, the trail's words and the leaders' board."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import cockpit_tiles, menu
from jingkai.kernel.hooks.data import CockpitTile, MenuEntry
from jingkai.kernel.pace.api import Pace, paces
from jingkai.modules.windows import rules
from jingkai.modules.windows.models import Ticket
from jingkai.modules.windows.queries import figures

GROUP = _("Hall")
EVERYONE = ("visitor", "enterprise", "staff")
MENU = (
    MenuEntry(
        label=_("Appointments"), url_name="windows:appointments", order=25, place="nav", kinds=EVERYONE
    ),
    MenuEntry(
        label=_("My window"),
        url_name="windows:desk",
        icon="user",
        group=GROUP,
        order=10,
        permission=rules.SERVE,
    ),
    MenuEntry(
        label=_("Hall board"),
        url_name="windows:board",
        icon="layout-dashboard",
        group=GROUP,
        order=20,
        permission=rules.SEE_HALL,
    ),
    MenuEntry(
        label=_("Appointment list"),
        url_name="windows:booked",
        icon="calendar-event",
        group=GROUP,
        order=30,
        permission=rules.MANAGE,
    ),
    MenuEntry(
        label=_("Rota"),
        url_name="windows:rota",
        icon="users",
        group=GROUP,
        order=40,
        permission=rules.SEE_ROTA,
    ),
    MenuEntry(
        label=_("Hand-overs"),
        url_name="windows:handovers",
        icon="folder",
        group=GROUP,
        order=50,
        permission=rules.SEE_ROTA,
    ),
    MenuEntry(
        label=_("Windows and queue"),
        url_name="windows:setup",
        icon="list-check",
        group=GROUP,
        order=60,
        permission=rules.MANAGE,
    ),
)
STREAMS = {
    "windows.appointment": _("Appointment"),
    "windows.line": _("Line of business"),
    "windows.rotaweek": _("Rota of a week"),
    "windows.ticket": _("Ticket"),
    "windows.window": _("Window"),
    "windows.kiosk": _("Ticket machine"),
}
"""What the trail calls the things kept here."""

ACTIONS = {
    "window.saved": _("Window set up or changed"),
    "window.line_saved": _("Line of business set up or changed"),
    "window.topics_saved": _("Matters of a line written down"),
    "window.equipment_noted": _("State of a window's device noted"),
    "window.kiosk_admitted": _("Ticket machine admitted"),
    "window.kiosk_withdrawn": _("Ticket machine no longer admitted"),
    "window.opened": _("Window opened"),
    "window.closed": _("Window closed"),
    "window.paused": _("Window paused"),
    "window.resumed": _("Window goes on"),
    "window.paper_received": _("Paper taken in at the window"),
    "window.paper_passed_on": _("Paper passed on from the window"),
    "window.handed_over": _("Window handed over"),
    "window.taken_over": _("Window taken over"),
    "window.list_exported": _("List of the hall taken as a spreadsheet"),
    "ticket.taken": _("Number taken"),
    "ticket.left": _("Number given back"),
    "ticket.day_closed": _("Number closed at the end of the day"),
    "ticket.called": _("Number called"),
    "ticket.missed": _("Number did not come"),
    "ticket.started": _("Service begun"),
    "ticket.handed_on": _("Visitor sent to another window"),
    "ticket.matter_started": _("Matter begun at the window"),
    "ticket.served": _("Visit ended"),
    "appointment.made": _("Appointment made"),
    "appointment.moved": _("Appointment moved"),
    "appointment.cancelled": _("Appointment cancelled"),
    "appointment.missed": _("Appointment not taken up"),
    "rota.planned": _("Rota changed"),
    "rota.copied": _("Rota copied from the week before"),
    "rota.published": _("Rota published"),
    "rota.absence_noted": _("Absence noted"),
    "rota.swap_asked": _("Swap of shifts asked for"),
    "rota.swap_answered": _("Swap of shifts answered"),
}


PACES = (
    Pace(code="appointments", label=_("Make an appointment"), most=30, minutes=60, pages=("windows:book",)),
    Pace(
        code="appointment_code",
        label=_("Open an appointment by its code"),
        most=30,
        minutes=10,
        pages=("windows:my_appointment", "windows:check_in"),
    ),
)


def register() -> None:
    """Hang everything in; called once while starting."""
    for pace in PACES:
        paces.register(pace)
    for entry in MENU:
        menu.register(entry)
    describe_actions(ACTIONS)
    for kind, label in STREAMS.items():
        describe_stream(kind, label)
    cockpit_tiles.register(
        CockpitTile(
            key="windows",
            label=_("Service hall today"),
            template="windows/tile.html",
            context=_tile,
            order=60,
            permission=rules.SEE_HALL,
        )
    )


def _tile(request: Any, _subject: Any) -> dict[str, Any]:
    """One question: what happened in the hall today."""
    on = timezone.localdate(request.at)
    return {"figures": figures.figures_of(Ticket.objects.filter(on=on))}
