"""Registration of the inbox with Django."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    """The desk, the list of cases, the case page, the cockpit."""

    name = "jingkai.casework.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the rights and put the pages into the menu."""
        from jingkai.casework.cases import events as cases
        from jingkai.casework.inbox import panels
        from jingkai.casework.inbox.web.todos import SHEET
        from jingkai.casework.inbox.web.whole import CASES
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.exchange.api import copy_sheets, endpoints, export_sources
        from jingkai.kernel.exchange.data import Endpoint
        from jingkai.kernel.organisation.events import AppointmentEnded

        panels.register()
        export_sources.register(CASES)
        copy_sheets.register(SHEET)
        endpoints.register(Endpoint("todo", _("To-do centre"), lambda: settings.TODO_URL))
        if settings.TODO_URL:
            for kind in (
                cases.TaskOpened,
                cases.TaskClaimed,
                cases.TaskReleased,
                cases.TaskCompleted,
                cases.TaskSentBack,
                cases.TaskTransferred,
                cases.TaskCancelled,
                cases.TaskSkipped,
                cases.TaskEntrusted,
                cases.TaskReturned,
            ):
                subscribe(kind, "jingkai.casework.inbox.handlers.on_task_moved")
        subscribe(AppointmentEnded, "jingkai.casework.inbox.handlers.on_appointment_ended")
