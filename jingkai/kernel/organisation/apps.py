"""Registration of organisation with Django."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Organisation."""

    name = "jingkai.kernel.organisation"
    label = "organisation"
    default_auto_field = "django.db.models.BigAutoField"
