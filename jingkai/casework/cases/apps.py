"""Registration of cases with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Cases and their tasks."""

    name = "jingkai.casework.cases"
    label = "cases"
    verbose_name = _("Cases")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the rights and the kinds of notices; follow the clocks and the sub-cases."""
        from jingkai.casework.cases import events, operations, panels, rules
        from jingkai.casework.cases.queries import subjects
        from jingkai.casework.clock import events as clock_events
        from jingkai.casework.clock.api import SubjectSource, subject_sources
        from jingkai.kernel.calendar.events import CalendarChanged
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.organisation.api import grant_by_default
        from jingkai.kernel.permissions.api import declare

        subject_sources.register(SubjectSource("cases", subjects.subjects_of_clocks, subjects.may_see_clock))
        operations.declare_kinds()
        panels.register()
        declare(*rules.PERMISSIONS)
        grant_by_default("unit_head", rules.MANAGE_TASKS, rules.URGE_TASKS)
        for role in ("leader", "signer", "supervisor"):
            grant_by_default(role, rules.URGE_TASKS)
        grant_by_default("system_admin", rules.HAND_OVER, rules.MANAGE_FLOWS)
        handlers = "jingkai.casework.cases.handlers"
        for kind in (
            clock_events.ClockSuspended,
            clock_events.ClockResumed,
            clock_events.ClockExtended,
            clock_events.ClockStopped,
        ):
            subscribe(kind, f"{handlers}.on_clock_changed")
        subscribe(events.SubcaseEnded, f"{handlers}.on_subcase_ended")
        subscribe(CalendarChanged, f"{handlers}.on_calendar_changed")
        subscribe(clock_events.ClockProjected, f"{handlers}.on_clocks_projected")
