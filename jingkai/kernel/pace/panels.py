"""What paces hang into the menu."""

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import menu
from jingkai.kernel.hooks.data import MenuEntry
from jingkai.kernel.pace.rules import SET

MENU = MenuEntry(
    label=_("How often"), url_name="pace:list", icon="clock", group=_("System"), order=845, permission=SET
)


def register() -> None:
    """Hang everything in; called once while the product starts."""
    menu.register(MENU)
    describe_actions({"pace.exceeded": _("Done too often in a short time")})
    describe_stream("pace.exceeded", _("What a login did too often"))
