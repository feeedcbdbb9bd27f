"""Registration of forms with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormsConfig(AppConfig):
    """Forms: declared as data, versioned, answered as typed rows."""

    name = "jingkai.casework.forms"
    label = "forms"
    verbose_name = _("Forms")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang everything in."""
        from jingkai.casework.forms.web import panels

        panels.register()
