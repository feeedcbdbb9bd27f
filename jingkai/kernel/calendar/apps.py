"""Registration of the working-day calendar with Django."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """The working-day calendar."""

    name = "jingkai.kernel.calendar"
    label = "calendar"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right to manage the calendar."""
        from jingkai.kernel.calendar.rules import PERMISSIONS
        from jingkai.kernel.permissions.api import declare

        declare(*PERMISSIONS)
