"""Registration of hooks with Django."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """Hooks."""

    name = "jingkai.kernel.hooks"
    label = "hooks"
    default_auto_field = "django.db.models.BigAutoField"
