"""What parties' entries in the trail are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.parties.operations.rekeying import STREAM

ACTIONS = {
    "keys.added": _("Key of personal data added"),
    "keys.used": _("Key of personal data taken into use"),
    "keys.dropped": _("Key of personal data taken away"),
    "keys.reencryption_begun": _("Encrypting personal data anew begun"),
    "keys.reencrypted": _("Personal data encrypted anew"),
}


def register() -> None:
    """Tell the trail what its entries about keys are called."""
    describe_actions(ACTIONS)
    describe_stream(STREAM[0], _("Keys of personal data"))
