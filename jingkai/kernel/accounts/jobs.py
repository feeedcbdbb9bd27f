"""Background work of accounts."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts import operations
from jingkai.kernel.events.api import periodic


@periodic("17 18 * * *", label=_("Forget used codes and old wrong attempts"))
def forget_old_codes() -> None:
    """Delete used codes and old counts of wrong attempts, nightly."""
    operations.forget_old(at=timezone.now())


@periodic("43 18 * * *", label=_("Disable logins that nobody uses"))
def disable_unused() -> None:
    """Tell whose logins lie unused, and disable those whose persons were told, nightly."""
    operations.settle_unused(at=timezone.now())
