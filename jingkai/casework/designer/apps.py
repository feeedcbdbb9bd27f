"""Registration of the flow designer with Django."""

from django.apps import AppConfig


class DesignerConfig(AppConfig):
    """The flow designer, and the page where staff start a matter."""

    name = "jingkai.casework.designer"
    label = "designer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang everything in."""
        from jingkai.casework.cases import events
        from jingkai.casework.designer.web import panels
        from jingkai.kernel.events.api import subscribe

        panels.register()
        handlers = "jingkai.casework.designer.handlers"
        for kind in (events.CaseClosed, events.CaseWithdrawn, events.CaseVoided):
            subscribe(kind, f"{handlers}.on_case_ended")
        subscribe(events.CaseResubmitted, f"{handlers}.on_case_resubmitted")
