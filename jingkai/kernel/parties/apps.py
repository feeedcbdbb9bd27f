"""Registration of parties with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    """Parties: whoever can be granted, apply for, hold or do something."""

    name = "jingkai.kernel.parties"
    label = "parties"
    verbose_name = _("Parties")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the rights on personal data; give the trail the names behind its numbers."""
        from jingkai.kernel.audit.api import set_name_source
        from jingkai.kernel.parties import panels
        from jingkai.kernel.parties.queries import get_names
        from jingkai.kernel.parties.rules import PERMISSIONS
        from jingkai.kernel.permissions.api import declare

        declare(*PERMISSIONS)
        set_name_source(get_names)
        panels.register()
