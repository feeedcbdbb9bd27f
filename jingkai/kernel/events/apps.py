"""Registration of events with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events: facts told to other apps, and background work."""

    name = "jingkai.kernel.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right to manage jobs, and offer the page to those who have it."""
        from django.utils.translation import gettext_lazy as _

        from jingkai.kernel.events.rules import MANAGE_JOBS, PERMISSIONS
        from jingkai.kernel.hooks.api import menu
        from jingkai.kernel.hooks.data import MenuEntry
        from jingkai.kernel.permissions.api import declare

        declare(*PERMISSIONS)
        menu.register(
            MenuEntry(
                label=_("Background jobs"),
                url_name="events:jobs",
                icon="progress-check",
                group=_("System"),
                order=930,
                permission=MANAGE_JOBS,
            )
        )
