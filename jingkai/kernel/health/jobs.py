"""The worker looks, too, whether all is well; its own end only the timer of the machine sees."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.kernel.health.operations import watch_over
from jingkai.kernel.health.queries import examine
from jingkai.kernel.health.queries.watch import is_anybody_told


def declare() -> None:
    """Look every five minutes."""
    periodic("*/5 * * * *", name="health.watch", label=_("Watch over the installation"))(watch)


def watch() -> None:
    """Examine the installation and tell the operator what has changed, where one is named."""
    if is_anybody_told():
        with translation.override(settings.LANGUAGE_CODE):
            watch_over(list(examine()), at=timezone.now())
