"""What the search hangs into the pages of others: the search field, its menu entry, words for the trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import menu, shell_parts, url_of
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.organisation.api import grant_by_default
from jingkai.kernel.pace.api import Pace, paces
from jingkai.kernel.permissions.api import declare
from jingkai.kernel.search.rules import MANAGE_WORDS, PERMISSIONS

MENU = MenuEntry(
    label=gettext_lazy("Everyday words"),
    url_name="search_words",
    icon="language",
    group=gettext_lazy("System"),
    order=950,
    permission=MANAGE_WORDS,
)

PACES = (
    Pace(
        code="search",
        label=gettext_lazy("Search"),
        most=60,
        minutes=1,
        pages=("search",),
        methods=("GET",),
        when=lambda request: bool(request.GET.get("q")),
    ),
)


def field(_request: Any) -> dict[str, Any]:
    """Give every page the search field."""
    return {"search_url": url_of("search"), "search_hint": _("Search matters, guides, forms")}


def register() -> None:
    """Hang everything in; called once while starting."""
    declare(*PERMISSIONS)
    grant_by_default("catalogue_editor", MANAGE_WORDS)
    menu.register(MENU)
    for pace in PACES:
        paces.register(pace)
    shell_parts.register(field)
    describe_stream("search.searchsynonym", gettext_lazy("Everyday word"))
    describe_actions(
        {
            "search_word.added": gettext_lazy("Everyday word added"),
            "search_word.removed": gettext_lazy("Everyday word removed"),
        }
    )
