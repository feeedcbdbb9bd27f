"""What rules hang into others' pages: their menu entry and the words of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.rules.rules import MANAGE

MENU = MenuEntry(
    label=_("Rules"), url_name="rules:kinds", icon="scale", group=_("System"), order=900, permission=MANAGE
)

ACTIONS = {
    "rule.version_added": _("Version of a rule added"),
    "rule.version_voided": _("Version of a rule voided"),
    "rule.note_added": _("Note of the product added to a rule"),
    "rule.version_confirmed": _("Version of a rule verified locally"),
}
