"""Registration of permissions with Django."""

from typing import Any

from django.apps import AppConfig
from django.core import checks


class PermissionsConfig(AppConfig):
    """Permissions: who may do what."""

    name = "jingkai.kernel.permissions"
    label = "permissions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every used right checked against the declared ones when the product starts."""
        checks.register(check_codes)


def check_codes(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Report a page that asks for a right which nobody declared: no role could ever carry it."""
    from jingkai.kernel.permissions.queries import undeclared_codes

    return [
        checks.Error(f"A page requires {code!r}, which no app declares.", id="permissions.E001")
        for code in undeclared_codes()
    ]
