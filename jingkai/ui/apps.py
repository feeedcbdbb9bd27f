"""Registration of the design system as a Django app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The lowest stratum: it receives menu, user and rights as data."""

    name = "jingkai.ui"
    label = "ui"
    verbose_name = "Interface"
