"""Registration of documents with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Documents."""

    name = "jingkai.records.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
