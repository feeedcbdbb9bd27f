"""Registration of the organisation with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    """The organisation: units, posts, who holds them, and what they may do."""

    name = "jingkai.kernel.organisation"
    label = "organisation"
    verbose_name = _("Organisation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the rights, say how a login becomes an actor, and fill the menu."""
        from jingkai.kernel.organisation import panels, queries, rules
        from jingkai.kernel.permissions.api import declare, set_actor_resolver

        declare(*rules.PERMISSIONS)
        set_actor_resolver(queries.actor_for)
        for role in ("leader", "supervisor"):
            rules.grant_by_default(role, rules.SEE_ZONE, rules.READ_DIRECTORY)
        for role in ("unit_head", "system_admin", "security_admin"):
            rules.grant_by_default(role, rules.READ_DIRECTORY)
        panels.register()
