"""Registration of submissions with Django."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Submissions."""

    name = "jingkai.kernel.submissions"
    label = "submissions"
    default_auto_field = "django.db.models.BigAutoField"
