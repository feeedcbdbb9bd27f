"""What the service hall tells the lower strata while the product starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.api import menu
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.search import api as search
from jingkai.modules.approvals import owners, panels, rules
from jingkai.modules.approvals.events import ResultSealed
from jingkai.modules.approvals.operations import telling

RIGHTS = {
    "clerk": (rules.ACCEPT, rules.SEE_CATALOGUE, rules.SEE_RATINGS),
    "officer": (rules.REVIEW, rules.SEE_CATALOGUE),
    "unit_head": (rules.REVIEW, rules.SEE_CATALOGUE, rules.SEE_RATINGS),
    "signer": (rules.SIGN, rules.REVOKE, rules.SEE_CATALOGUE, rules.SEE_RATINGS),
    "custodian": (rules.SEAL, rules.SEE_CATALOGUE),
    "leader": (rules.SEE_CATALOGUE, rules.SEE_RATINGS),
    "catalogue_editor": (rules.SEE_CATALOGUE, rules.MANAGE_POWERS, rules.SEE_RATINGS),
    "enterprise_handler": (rules.APPLY,),
    "enterprise_legal_representative": (rules.APPLY,),
}


def register() -> None:
    """Rights, menus, panels, file owners, reactions."""
    for role, codes in RIGHTS.items():
        organisation.grant_by_default(role, *codes)
    _register_menus()
    telling.declare_kinds()
    search.declare_kind(search.SearchKind("package", _("Services"), order=10))
    owners.register()
    panels.register()
    events.subscribe(ResultSealed, "jingkai.modules.approvals.handlers.on_result_sealed")


def _register_menus() -> None:
    everyone = ("visitor", "enterprise", "staff")
    menu.register(
        MenuEntry(label=_("Services"), url_name="approvals:catalogue", order=10, place="nav", kinds=everyone)
    )
    menu.register(
        MenuEntry(
            label=_("Where is my matter?"), url_name="approvals:track", order=20, place="nav", kinds=everyone
        )
    )
    menu.register(
        MenuEntry(
            label=_("Register of powers"), url_name="approvals:powers", order=40, place="nav", kinds=everyone
        )
    )
    menu.register(
        MenuEntry(
            label=_("My matters"),
            url_name="approvals:my",
            order=5,
            place="nav",
            permission=rules.APPLY,
            kinds=("enterprise",),
        )
    )
    menu.register(
        MenuEntry(
            label=_("Register of powers"),
            url_name="approvals:manage_powers",
            icon="gavel",
            group=_("Services"),
            order=40,
            permission=rules.SEE_CATALOGUE,
        )
    )
    menu.register(
        MenuEntry(
            label=_("Ratings"),
            url_name="approvals:ratings",
            icon="star",
            group=_("Services"),
            order=50,
            permission=rules.SEE_RATINGS,
        )
    )
