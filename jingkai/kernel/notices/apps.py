"""Registration of notices with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Notices: what people are told, on the page, by e-mail and by text message."""

    name = "jingkai.kernel.notices"
    label = "notices"
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare kinds and rights, and hang the bell into every page."""
        from jingkai.kernel.accounts.events import LoginLocked, LoginUnused, UnusedLoginDisabled
        from jingkai.kernel.events.api import subscribe
        from jingkai.kernel.exchange.events import ExchangeNeedsHand, WebhookDisabled
        from jingkai.kernel.notices import panels
        from jingkai.kernel.notices.rules.kinds import declare_own_kinds
        from jingkai.kernel.pace.events import PaceExceeded

        declare_own_kinds()
        subscribe(WebhookDisabled, "jingkai.kernel.notices.handlers.on_webhook_disabled")
        subscribe(ExchangeNeedsHand, "jingkai.kernel.notices.handlers.on_exchange_needs_hand")
        subscribe(LoginLocked, "jingkai.kernel.notices.handlers.on_login_locked")
        subscribe(LoginUnused, "jingkai.kernel.notices.handlers.on_login_unused")
        subscribe(UnusedLoginDisabled, "jingkai.kernel.notices.handlers.on_unused_login_disabled")
        subscribe(PaceExceeded, "jingkai.kernel.notices.handlers.on_pace_exceeded")
        panels.register()
