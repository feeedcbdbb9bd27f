"""What the inbox hangs into the menu and gives to the standard roles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.casework.cases.api import HAND_OVER, MANAGE_TASKS
from jingkai.casework.inbox import queries, rules
from jingkai.kernel.audit import api as audit
from jingkai.kernel.hooks.api import menu, menu_counts, tallies
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
    MenuEntry(
        label=_("To-do centre"),
        url_name="inbox:todo_centre",
        icon="list-check",
        group=_("System"),
        order=880,
        permission=rules.MANAGE_TODO_CENTRE,
    ),
    MenuEntry(
        label=_("My tasks in a calendar"),
        url_name="inbox:my_feed",
        icon="calendar-event",
        order=25,
        place="account",
    ),
    MenuEntry(
        label=_("Tasks of people who leave"),
        url_name="inbox:leavers",
        icon="users",
        group=_("System"),
        order=815,
        permission=HAND_OVER,
    ),
    MenuEntry(
        label=_("Tasks of people who leave"),
        url_name="inbox:leavers",
        icon="users",
        order=30,
        place="account",
        permission=MANAGE_TASKS,
    ),
)
ACTIONS = {
    "calendar_feed.made": _("Calendar address made"),
    "calendar_feed.revoked": _("Calendar address revoked"),
    "todos.repeated": _("To-dos told again"),
    "todos.told_by_hand": _("To-do entered in the centre by hand"),
    "list.exported": _("List exported"),
    "case.started": _("Case opened"),
    "case.closed": _("Case closed"),
    "case.withdrawn": _("Case withdrawn"),
    "case.voided": _("Case declared void"),
    "case.clock_attached": _("Limit set"),
    "case.access_granted": _("Access given"),
    "case.variables_set": _("Values for the flow set"),
    "task.claimed": _("Task claimed"),
    "task.completed": _("Task finished"),
    "task.released": _("Task given back to the unit"),
    "task.sent_back": _("Case sent back"),
    "task.transferred": _("Task handed over"),
}
RIGHTS = {
    "leader": (rules.SEE_COCKPIT, rules.SEE_TRAIL),
    "signer": (rules.SEE_COCKPIT, rules.SEE_TRAIL),
    "unit_head": (rules.SEE_COCKPIT, rules.SEE_TRAIL),
    "supervisor": (rules.SEE_COCKPIT, rules.SEE_TRAIL),
    "system_admin": (rules.MANAGE_TODO_CENTRE,),
}


def register() -> None:
    """Hang everything in; called once while the product starts."""
    declare(*rules.PERMISSIONS)
    for role, codes in RIGHTS.items():
        grant_by_default(role, *codes)
    for entry in MENU:
        menu.register(entry)
    menu_counts.register(queries.menu_counts)
    tallies.register(queries.ON_ME)
    audit.describe_stream("inbox.todo", _("To-do centre"))
    audit.describe_stream("inbox.export", _("Export of lists"))
    audit.describe_stream("cases.case", _("Case"))
    audit.describe_actions(ACTIONS)
