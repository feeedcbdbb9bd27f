"""Background work of the registry."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.modules.enterprises import operations


@periodic("27 18 * * *", label=_("Forget registrations whose phone was never proven"))
def forget_unfinished_registrations() -> None:
    """Delete registrations whose phone was never proven, nightly: unneeded personal data is not kept."""
    operations.forget_unfinished(at=timezone.now())
