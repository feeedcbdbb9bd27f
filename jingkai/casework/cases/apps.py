"""Registration of cases with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases."""

    name = "jingkai.casework.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
