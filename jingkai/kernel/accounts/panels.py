"""What accounts hang into the menus."""

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.rules import MANAGE
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.organisation.api import MANAGE_PEOPLE

MENU = (
    MenuEntry(
        label=_("People"),
        url_name="accounts:people",
        icon="users",
        group=_("System"),
        order=830,
        permission=MANAGE_PEOPLE,
    ),
    MenuEntry(
        label=_("Logins"),
        url_name="accounts:logins",
        icon="lock",
        group=_("System"),
        order=840,
        permission=MANAGE,
    ),
    MenuEntry(
        label=_("My account"),
        url_name="accounts:home",
        icon="user",
        order=10,
        place="account",
        kinds=("staff", "enterprise"),
    ),
)
