"""Registration of files with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files."""

    name = "jingkai.records.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
