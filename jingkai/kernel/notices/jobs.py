"""Background work of notices: each message is a job; old phone checks are forgotten."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import job, periodic
from jingkai.kernel.notices import operations
from jingkai.kernel.notices.models import PhoneCheck

KEPT = timedelta(days=30)


@job("notices.deliver", queue="notices", label=_("Send a mail or text message"))
def deliver(delivery_id: int) -> None:
    """Send one message."""
    operations.deliver(delivery_id=delivery_id, clock=timezone.now)


@periodic("13 * * * *", name="notices.forget_checks", label=_("Forget ended phone checks"))
def forget_checks() -> None:
    """Clear the codes of ended phone checks at once and the checks themselves after a month."""
    now = timezone.now()
    PhoneCheck.objects.filter(expires_at__lt=now, code__isnull=False).update(code=None)
    PhoneCheck.objects.filter(started_at__lt=now - KEPT).delete()
