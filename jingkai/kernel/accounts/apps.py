"""Registration of accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "jingkai.kernel.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
