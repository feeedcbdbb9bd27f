"""Registration of clocks with Django."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """Clocks of matters."""

    name = "jingkai.casework.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare rules, rights and notices, listen to the calendar, hang pages and words in."""
        from jingkai.casework.clock import panels
        from jingkai.casework.clock.events import ClockExtended
        from jingkai.casework.clock.operations.telling import declare_kinds
        from jingkai.casework.clock.rules.kinds import KINDS
        from jingkai.kernel.calendar.events import CalendarChanged, CalendarDrafted
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.rules.api import declare_kind

        for kind in KINDS:
            declare_kind(kind)
        declare_kinds()
        panels.register()
        subscribe(CalendarChanged, "jingkai.casework.clock.handlers.on_calendar_changed")
        subscribe(CalendarDrafted, "jingkai.casework.clock.handlers.on_calendar_drafted")
        subscribe(ClockExtended, "jingkai.casework.clock.handlers.on_clock_extended")
