"""Registration of the trail with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The trail: who did what, when, from where, in chains that show tampering."""

    name = "jingkai.kernel.audit"
    label = "audit"
    verbose_name = _("Trail")
    default_auto_field = "django.db.models.BigAutoField"
