"""What numbering adds to the menu and the doctor's questions."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.data import CheckResult, DoctorCheck, MenuEntry
from jingkai.records.numbering import queries, rules

MENU = MenuEntry(
    label=gettext_lazy("Document numbers"),
    url_name="numbering:ledger",
    icon="list-details",
    group=gettext_lazy("Documents and seals"),
    order=615,
    permission=rules.SEE,
)

ACTIONS = {
    "number.list_exported": gettext_lazy("List taken as a spreadsheet"),
    "number.voided": gettext_lazy("Number declared void"),
}
"""What the trail calls these acts."""


def check_ledger() -> CheckResult:
    """Look for numbers that are missing from the ledger."""
    gaps = queries.find_gaps()
    if not gaps:
        return CheckResult("ok", _("Document numbers run without gaps."))
    named = "; ".join(f"{series} {year}: {count}" for series, year, count in gaps[:5])
    return CheckResult(
        "fail",
        _("Document numbers are missing from the ledger: %(gaps)s.") % {"gaps": named},
        _("Rows were removed from the database. Run “jingkai audit verify” and restore from the backup."),
    )


LEDGER_CHECK = DoctorCheck("numbers", check_ledger)
