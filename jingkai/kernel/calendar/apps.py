"""Registration of the working-day calendar with Django."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """The working-day calendar."""

    name = "jingkai.kernel.calendar"
    label = "calendar"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the right, the menu entry, the doctor's question and the words of the trail."""
        from django.utils.translation import gettext_lazy as _

        from jingkai.kernel.audit.api import describe_actions, describe_stream
        from jingkai.kernel.calendar import panels
        from jingkai.kernel.calendar.rules import PERMISSIONS
        from jingkai.kernel.hooks.api import doctor_checks, menu
        from jingkai.kernel.permissions.api import declare

        declare(*PERMISSIONS)
        menu.register(panels.MENU)
        doctor_checks.register(panels.YEARS_CHECK)
        describe_actions(
            {
                "calendar.year_loaded": _("Calendar year loaded"),
                "calendar.day_changed": _("Calendar day changed"),
            }
        )
        describe_stream("calendar.calendaryear", _("Calendar year"))
