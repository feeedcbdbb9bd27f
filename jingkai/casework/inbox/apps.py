"""Registration of inbox with Django."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Inbox."""

    name = "jingkai.casework.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
