"""Registration of submissions with Django."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Submissions: one-time marks and kept forms."""

    name = "jingkai.kernel.submissions"
    label = "submissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep forms that meet an ended session, and forget old rows by the clock."""
        from django.utils.translation import gettext_lazy as _

        from jingkai.kernel.hooks.api import periodic_jobs
        from jingkai.kernel.hooks.data import PeriodicJob
        from jingkai.kernel.permissions.api import on_login_needed
        from jingkai.kernel.submissions.operations import hold_at_login

        on_login_needed(hold_at_login)
        periodic_jobs.register(
            PeriodicJob(
                "submissions.clean",
                "41 * * * *",
                "jingkai.kernel.submissions.jobs.clean",
                label=_("Forget old form marks and kept forms"),
            )
        )
