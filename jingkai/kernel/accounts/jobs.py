"""Background work of accounts."""

from django.utils import timezone

from jingkai.kernel.accounts import operations
from jingkai.kernel.events.api import periodic


@periodic("17 18 * * *")
def forget_old_codes() -> None:
    """Delete used codes and old counts of wrong attempts, nightly."""
    operations.forget_old(at=timezone.now())
