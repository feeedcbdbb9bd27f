"""Registration of calendar with Django."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """Calendar."""

    name = "jingkai.kernel.calendar"
    label = "calendar"
    default_auto_field = "django.db.models.BigAutoField"
