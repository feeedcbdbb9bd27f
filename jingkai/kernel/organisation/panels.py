"""What the organisation hangs into menus, page frames and the trail."""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import local, menu, shell_parts
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.organisation import rules
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Party

SECONDS = 30
"""For how long the names in the page frame may be old: no page asks the database for them each time."""

MENU = (
    MenuEntry(
        label=_("Units and posts"),
        url_name="organisation:units",
        icon="sitemap",
        group=_("System"),
        order=810,
        permission=rules.READ_DIRECTORY,
    ),
    MenuEntry(
        label=_("Parks"),
        url_name="organisation:parks",
        icon="map-2",
        group=_("System"),
        order=820,
        permission=rules.MANAGE_UNITS,
    ),
    MenuEntry(
        label=_("Roles and rights"),
        url_name="organisation:roles",
        icon="shield-check",
        group=_("System"),
        order=835,
        permission=rules.MANAGE_ROLES,
    ),
    MenuEntry(
        label=_("Standing in"),
        url_name="organisation:delegations",
        icon="transfer",
        order=20,
        place="account",
    ),
)

ACTIONS = {
    "party.registered": _("Registered"),
    "party.renamed": _("Renamed"),
    "party.retired": _("Taken out of use"),
    "party.taken_back": _("Taken back into use"),
    "person.entered": _("Person entered"),
    "person.contact_changed": _("Contact details changed"),
    "person.contact_revealed": _("Contact details looked at"),
    "representation.begun": _("Began to act for it"),
    "representation.ended": _("No longer acts for it"),
    "unit.created": _("Unit created"),
    "unit.changed": _("Unit changed"),
    "post.created": _("Post created"),
    "post.changed": _("Post changed"),
    "post.roles_changed": _("Roles of the post changed"),
    "appointment.made": _("Appointed"),
    "appointment.ended": _("Appointment ended"),
    "appointment.voided": _("Appointment taken back"),
    "role.created": _("Role created"),
    "role.changed": _("Role changed"),
    "role.release_taken_up": _("Role got the rights that a release added"),
    "delegation.given": _("Delegated"),
    "delegation.ended": _("Delegation ended"),
    "park.saved": _("Park saved"),
}


@lru_cache(maxsize=512)
def _names(party_id: int | None, bucket: int) -> tuple[str, str]:
    """Give both names of a party (None: the zone) as they were at most half a minute ago."""
    del bucket
    rows = Party.objects.filter(pk=party_id) if party_id else Party.objects.filter(kind=PartyKind.ZONE.value)
    return rows.values_list("name", "name_en").first() or ("", "")


def frame(request: Any) -> dict[str, Any]:
    """Give every page the zone's name, and the unit and name of the person who looks at it.

    The actor has the Chinese name; only a page in another language asks for the other one.
    """
    bucket = int(request.at.timestamp()) // SECONDS
    actor = getattr(request, "actor", None)
    unit_ids = getattr(actor, "unit_ids", ())
    parts = {"zone_name": _local(_names(None, bucket))}
    if unit_ids:
        parts["user_unit"] = _local(_names(unit_ids[0], bucket))
    english = (get_language() or "").startswith("en")
    person = getattr(actor, "party_id", None) if getattr(actor, "user_id", None) else None
    if english and person:
        parts["user_name"] = _local(_names(person, bucket))
    return {name: text for name, text in parts.items() if text}


def _local(names: tuple[str, str]) -> str:
    return local({"name": names[0], "name_en": names[1]}, "name")


def register() -> None:
    """Hang everything in; called once while starting."""
    for entry in MENU:
        menu.register(entry)
    shell_parts.register(frame)
    describe_actions(ACTIONS)
    describe_stream("parties.party", _("Person, post, unit or enterprise"))
    describe_stream("organisation.role", _("Role"))
    describe_stream("organisation.park", _("Park"))
