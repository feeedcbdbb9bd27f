"""Registration of clocks with Django."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """Clocks of matters."""

    name = "jingkai.casework.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the kinds of rule that clocks read, and listen to the calendar."""
        from jingkai.casework.clock.rules.kinds import KINDS
        from jingkai.kernel.calendar.events import CalendarChanged
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.rules.api import declare_kind

        for kind in KINDS:
            declare_kind(kind)
        subscribe(CalendarChanged, "jingkai.casework.clock.handlers.on_calendar_changed")
