"""Registration of notices with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices."""

    name = "jingkai.kernel.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
