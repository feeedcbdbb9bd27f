"""What the trail calls the acts on flows and decision tables."""

from django.utils.translation import gettext_lazy as _

VERSION = _("Version of a flow")
"""What the trail calls one."""

ACTIONS = {
    "flow.published": _("Flow published"),
    "flow.opened": _("Flow opened to everybody"),
    "flow.closed": _("Flow no longer open to everybody"),
    "decision.published": _("Decision table published"),
}
