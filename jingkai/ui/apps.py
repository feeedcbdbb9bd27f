"""Registration of the design system as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from jingkai.ui.catalogues import merge_catalogues


class UiConfig(AppConfig):
    """The lowest stratum: it receives menu, user and rights as data."""

    name = "jingkai.ui"
    label = "ui"
    verbose_name = "Interface"

    def import_models(self) -> None:
        """Have texts kept together before the first model asks for one, which loads the language."""
        merge_catalogues()
        super().import_models()

    def ready(self) -> None:
        """Say what an empty field wants in people's words, not in those of a database."""
        from django.forms import Field

        Field.default_error_messages["required"] = _("Fill this in.")
