"""Registration of the design system as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """The lowest stratum: it receives menu, user and rights as data."""

    name = "jingkai.ui"
    label = "ui"
    verbose_name = "Interface"

    def ready(self) -> None:
        """Say what an empty field wants in people's words, not in those of a database."""
        from django.forms import Field

        Field.default_error_messages["required"] = _("Fill this in.")
