"""Registration of clocks with Django."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """Clocks of matters."""

    name = "jingkai.casework.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the kinds of rule that clocks read, listen to the calendar, give the trail its words."""
        from django.utils.translation import gettext_lazy as _

        from jingkai.casework.clock.rules.kinds import KINDS
        from jingkai.kernel.audit.api import describe_actions, describe_stream
        from jingkai.kernel.calendar.events import CalendarChanged
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.rules.api import declare_kind

        for kind in KINDS:
            declare_kind(kind)
        subscribe(CalendarChanged, "jingkai.casework.clock.handlers.on_calendar_changed")
        describe_actions(
            {
                "clock.start": _("Clock started"),
                "clock.suspend": _("Clock put on hold"),
                "clock.resume": _("Clock resumed"),
                "clock.extend": _("Clock extended"),
                "clock.stop": _("Clock ended"),
                "clock.reproject": _("Clock computed anew"),
            }
        )
        describe_stream("clock.clock", _("Clock"))
