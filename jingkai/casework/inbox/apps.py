"""Registration of the inbox with Django."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The desk, the list of cases, the case page, the cockpit."""

    name = "jingkai.casework.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the rights and put the pages into the menu."""
        from jingkai.casework.inbox import panels
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.organisation.events import AppointmentEnded

        panels.register()
        subscribe(AppointmentEnded, "jingkai.casework.inbox.handlers.on_appointment_ended")
