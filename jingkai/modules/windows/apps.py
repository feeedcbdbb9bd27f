"""Registration of the windows with Django and with the lower strata."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WindowsConfig(AppConfig):
    """Counters, tickets, calling screen, appointments, rota, hand-over."""

    name = "jingkai.modules.windows"
    label = "windows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rights and kinds, give the standard roles theirs, hang menus and the tile in."""
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare
        from jingkai.kernel.rules.api import declare_kind
        from jingkai.kernel.search import api as search
        from jingkai.modules.windows import panels, rules
        from jingkai.modules.windows.operations import telling
        from jingkai.modules.windows.queries.counters import TOPIC_KIND

        declare(*rules.PERMISSIONS)
        for kind in rules.KINDS:
            declare_kind(kind)
        grant_by_default("clerk", rules.SERVE, rules.SEE_ROTA)
        grant_by_default("hall_manager", rules.SEE_HALL, rules.MANAGE, rules.PLAN, rules.SEE_ROTA)
        for role in ("leader", "unit_head"):
            grant_by_default(role, rules.SEE_HALL)
        search.declare_kind(search.SearchKind(TOPIC_KIND, _("Appointments"), order=30))
        telling.declare_kinds()
        panels.register()
