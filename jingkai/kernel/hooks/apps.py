"""Registration of hooks with Django."""

from typing import Any

from django.apps import AppConfig
from django.core import checks


class HooksConfig(AppConfig):
    """Hooks: how lower apps learn of higher ones."""

    name = "jingkai.kernel.hooks"
    label = "hooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every menu link checked at the start; moments and a thread's settings are read quickly."""
        from jingkai.kernel.hooks.queries import read_moments_quickly, remember_by_thread

        remember_by_thread()
        read_moments_quickly()
        checks.register(check_menu, checks.Tags.urls)


def check_menu(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Report a menu link to a page that is mounted nowhere: people would never see it."""
    from jingkai.kernel.hooks.operations import menu
    from jingkai.kernel.hooks.queries import url_of

    lost = [entry.url_name for entry in menu.all() if not url_of(entry.url_name)]
    return [
        checks.Warning(f"The menu links to {name!r}, which is mounted nowhere.", id="hooks.W001")
        for name in lost
    ]
