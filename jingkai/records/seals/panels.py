"""What seals hang into the menu and the doctor's questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509
from django.utils import timezone
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

SOON = timedelta(days=30)
"""So long before a certificate runs out the operator is told."""

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


def check_certificates(*, at: datetime) -> CheckResult:
    """Look for certificates of seals, and of those who issued them, that run out soon or did."""
    ends = sorted((certificate.not_valid_after_utc, name) for name, certificate in _certificates())
    if not ends or ends[0][0] > at + SOON:
        return CheckResult("ok", _("The certificates of all seals in use last longer than 30 days."))
    listed = ", ".join(f"{name} ({timezone.localdate(end)})" for end, name in ends if end <= at + SOON)
    advice = _("Make a new seal in time and retire this one; what was sealed before stays valid.")
    if ends[0][0] <= at:
        return CheckResult(
            "fail", _("Certificates of seals have run out: %(list)s.") % {"list": listed}, advice
        )
    return CheckResult(
        "warn", _("Certificates of seals run out within 30 days: %(list)s.") % {"list": listed}, advice
    )


def _certificates() -> Iterator[tuple[str, x509.Certificate]]:
    """Give every certificate that a paper sealed today leans on, under the name that people know it by."""
    own = [seal for seal in queries.list_seals() if seal.state == "active" and seal.keeper == "own"]
    for seal in own:
        yield seal.code, x509.load_pem_x509_certificate(seal.certificate.encode())
    for content in seal_keys().issuers() if own else ():
        issuer = x509.load_der_x509_certificate(content)
        yield issuer.subject.rfc4514_string(), issuer


KEYS_CHECK = DoctorCheck("seals", check_keys)
CERTIFICATES_CHECK = DoctorCheck("seal-certificates", lambda: check_certificates(at=timezone.now()))
