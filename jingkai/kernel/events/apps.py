"""Registration of events with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events."""

    name = "jingkai.kernel.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
