"""Registration of the search with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """The search: finds things by Chinese words, everyday words and pinyin."""

    name = "jingkai.kernel.search"
    label = "search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang the search field into every page."""
        from jingkai.kernel.search import panels

        panels.register()
