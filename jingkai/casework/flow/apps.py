"""Registration of flow with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FlowConfig(AppConfig):
    """Flows: BPMN drawings, checked, versioned, compiled."""

    name = "jingkai.casework.flow"
    label = "flow"
    verbose_name = _("Flows")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the trail calls the acts on flows."""
        from jingkai.casework.flow.panels import ACTIONS, VERSION
        from jingkai.kernel.audit.api import describe_actions, describe_stream

        describe_actions(ACTIONS)
        describe_stream("flow.flowversion", VERSION)
