"""What seals hang into the menu and the doctor's questions."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.data import CheckResult, DoctorCheck, MenuEntry
from jingkai.records.seals import queries, rules
from jingkai.records.seals.operations.keys import FolderKeys, seal_keys

MENU = MenuEntry(
    label=gettext_lazy("Seals"),
    url_name="seals:ledger",
    icon="rubber-stamp",
    group=gettext_lazy("Documents and seals"),
    order=620,
    permission=rules.SEE,
)

ACTIONS = {
    "seal.made": gettext_lazy("Seal made"),
    "seal.applied": gettext_lazy("Seal applied"),
    "seal.ordered": gettext_lazy("State seal ordered"),
    "seal.keeper_changed": gettext_lazy("Place of the seal's key changed"),
    "seal.handed_over": gettext_lazy("Seal handed over to another custodian"),
    "seal.standing_given": gettext_lazy("Standing use of the seal authorised"),
    "seal.standing_ended": gettext_lazy("Standing use of the seal ended"),
    "seal.active": gettext_lazy("Seal put back into use"),
    "seal.suspended": gettext_lazy("Seal suspended"),
    "seal.retired": gettext_lazy("Seal retired"),
    "seal.list_exported": gettext_lazy("List taken as a spreadsheet"),
}
"""What the trail calls these acts."""


def check_keys() -> CheckResult:
    """Look for seals whose private key is not in the key folder."""
    keys = seal_keys()
    missing = [
        seal.code
        for seal in queries.list_seals()
        if seal.state == "active" and isinstance(keys, FolderKeys) and not keys.has(seal.key_name)
    ]
    if not missing:
        return CheckResult("ok", _("Every seal in use has its key."))
    return CheckResult(
        "fail",
        _("The key of these seals is missing: %(codes)s.") % {"codes": ", ".join(missing)},
        _("Restore the folder secrets/seals of the data folder from its backup."),
    )


KEYS_CHECK = DoctorCheck("seals", check_keys)
