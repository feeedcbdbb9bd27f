"""Registration of events with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events: facts told to other apps, and background work."""

    name = "jingkai.kernel.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right to manage jobs."""
        from jingkai.kernel.events.rules import PERMISSIONS
        from jingkai.kernel.permissions.api import declare

        declare(*PERMISSIONS)
