"""The worker looks, too, whether all is well; its own end only the timer of the machine sees."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.events.api import periodic
from jingkai.kernel.health.operations import note_program, watch_over
from jingkai.kernel.health.queries import examine
from jingkai.kernel.health.queries.watch import is_anybody_told
from jingkai.kernel.permissions.data import SYSTEM


def declare() -> None:
    """Look every five minutes."""
    periodic("*/5 * * * *", name="health.watch", label=_("Watch over the installation"))(watch)


def watch() -> None:
    """Tell the operator, where one is named, what has changed; write altered program files into the trail."""
    if is_anybody_told():
        with translation.override(settings.LANGUAGE_CODE):
            watch_over(list(examine()), at=timezone.now())
    note_program(by=SYSTEM, at=timezone.now())
