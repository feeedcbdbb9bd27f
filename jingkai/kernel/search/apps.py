"""Registration of search with Django."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search."""

    name = "jingkai.kernel.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"
