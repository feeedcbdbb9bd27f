"""Registration of the flow designer with Django."""

from django.apps import AppConfig


class DesignerConfig(AppConfig):
    """The flow designer, and the page where staff start a matter."""

    name = "jingkai.casework.designer"
    label = "designer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang everything in."""
        from jingkai.casework.designer.web import panels

        panels.register()
