"""What the unified log-in hangs into the pages of others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.api import farewells, ways_in
from jingkai.kernel.accounts.data import WayIn
from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.exchange.api import endpoints
from jingkai.kernel.exchange.data import Endpoint
from jingkai.kernel.federation import queries, rules
from jingkai.kernel.federation.data import CAME_BY
from jingkai.kernel.hooks.api import account_sections, local, menu
from jingkai.kernel.hooks.data import MenuEntry, Section
from jingkai.kernel.pace.api import Pace, paces

MENU = MenuEntry(
    label=_("Unified log-in"),
    url_name="federation:providers",
    icon="shield-check",
    group=_("System"),
    order=845,
    permission=rules.MANAGE,
)

ACTIONS = {
    "federation.added": _("Platform of the unified log-in entered"),
    "federation.changed": _("Platform of the unified log-in changed"),
    "federation.switched_on": _("Platform of the unified log-in switched on"),
    "federation.switched_off": _("Platform of the unified log-in switched off"),
    "federation.tried": _("Platform of the unified log-in tried"),
    "federation.refused": _("Identity not proven"),
    "federation.signed_out": _("Log-in ended at the platform"),
    "login.proven_elsewhere": _("Log-in proven by a platform"),
    "login.linked": _("Identity linked with the login"),
    "login.unlinked": _("Link with an identity ended"),
    "person.agreed_to_unified": _("Consent to a login from a proven identity"),
}


def offered() -> list[WayIn]:
    """The buttons of the log-in page."""
    return [
        WayIn(local(row, "name"), reverse("federation:begin", args=[row.code])) for row in queries.offered()
    ]


def farewell(request: Any) -> str:
    """Where somebody goes who signed out here and came in by a platform: its session may still be open."""
    code = request.session.get(CAME_BY, "")
    return reverse("federation:left", args=[code]) if code else ""


def own_links(request: Any, _subject: Any) -> dict[str, Any] | None:
    """With which platforms a person's login is linked, and with which it could be."""
    user = request.user
    links = queries.links_of(user.pk)
    taken = {link.provider_id for link in links}
    free = [row for row in queries.offered() if row.pk not in taken and rules.may_use(user, row)]
    return {"links": links, "free": free} if links or free else None


PACE = Pace(
    code="unified_login",
    label=_("Begin the unified log-in, or come back from it"),
    most=120,
    minutes=10,
    pages=("federation:begin", "federation:back"),
    methods=("GET",),
)


ENDED_PACE = Pace(
    code="unified_logout",
    label=_("A platform says that somebody signed out there"),
    most=600,
    minutes=10,
    pages=("federation:ended_there",),
)


def register() -> None:
    """Hang everything in; called once while the product starts."""
    paces.register(PACE)
    paces.register(ENDED_PACE)
    menu.register(MENU)
    ways_in.register(offered)
    farewells.register(farewell)
    account_sections.register(
        Section(
            key="federation",
            label=_("Unified log-in"),
            template="federation/own_links.html",
            context=own_links,
        )
    )
    endpoints.register(Endpoint("login", _("Unified log-in"), lambda: settings.UNIFIED_LOGIN_URL))
    describe_actions(ACTIONS)
    describe_stream("federation.provider", _("Platform of the unified log-in"))
