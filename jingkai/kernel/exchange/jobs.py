"""Background work of the door."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import Backoff, job, periodic
from jingkai.kernel.exchange.operations import certificates, journal, tokens, webhooks, whole_lists


@job(webhooks.JOB, queue="exchange", backoff=Backoff(attempts=1), label=_("Tell another system of an event"))
def tell(delivery_id: int) -> None:
    """Send one telling."""
    webhooks.tell(delivery_id=delivery_id, clock=timezone.now)


@job(
    journal.JOB,
    queue="exchange",
    backoff=Backoff(attempts=1),
    label=_("Send something to a platform outside"),
)
def carry_out(exchange_id: int) -> None:
    """Send one exchange."""
    journal.carry_out(exchange_id=exchange_id, clock=timezone.now)


@job(whole_lists.JOB, queue="exchange", backoff=Backoff(attempts=3), label=_("Write a long list"))
def write_list(export_id: int) -> None:
    """Write one list."""
    whole_lists.write_list(export_id=export_id, clock=timezone.now)


@periodic("51 18 * * *", name="exchange.forget_exports", label=_("Remove the files of old lists"))
def forget_exports() -> None:
    """Remove what nobody took within a week."""
    whole_lists.forget_exports(at=timezone.now())


@periodic("*/2 * * * *", name="exchange.resume", label=_("Go on with what waits for platforms outside"))
def resume() -> None:
    """Put to work what is due, and tellings whose job was lost."""
    now = timezone.now()
    journal.resume(at=now)
    webhooks.resume(at=now)


@periodic("41 * * * *", name="exchange.forget_windows", label=_("Forget the counts of calls past"))
def forget_windows() -> None:
    """Forget how often tokens called in minutes past."""
    tokens.forget_windows(at=timezone.now())


@periodic("17 * * * *", name="exchange.look_at_certificates", label=_("Look when certificates end"))
def look_at_certificates() -> None:
    """Look at those that nobody has looked at for a day."""
    certificates.look_at_certificates(at=timezone.now())
