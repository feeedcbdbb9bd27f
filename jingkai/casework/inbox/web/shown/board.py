"""The parts of the leaders' board."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from jingkai.ui.data import Tab


def board_tabs(current: str) -> list[Tab]:
    """Give the parts of the board."""
    labels = {
        "cockpit": _("Overview"),
        "given": _("Urged"),
        "people": _("People"),
        "flows": _("Where the days go"),
    }
    return [Tab(label, reverse(f"inbox:{name}"), None, name == current) for name, label in labels.items()]
