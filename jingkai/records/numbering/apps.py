"""Registration of numbering with Django."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    """Numbering."""

    name = "jingkai.records.numbering"
    label = "numbering"
    default_auto_field = "django.db.models.BigAutoField"
