"""Whether the installation's own address is spoken to as it should be: looked at from outside."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jingkai.kernel.exchange.connectors.front import look_at_front
from jingkai.kernel.exchange.data import CallFailed, Front
from jingkai.kernel.exchange.queries.certificates import own_address
from jingkai.kernel.hooks.data import CheckResult


def check_front() -> CheckResult:
    """See that visitors get a current TLS, forward secrecy, and a certificate that browsers believe."""
    target = own_address()
    if target is None:
        return CheckResult("ok", _("The address of this installation is not an encrypted one."))
    try:
        return judge(look_at_front(target))
    except CallFailed as error:
        told = {"address": target.host, "reason": str(error)}
        return CheckResult(
            "warn",
            _("How %(address)s is encrypted could not be seen from this machine: %(reason)s") % told,
            _("Let this machine reach its own address, or look with another tool from outside."),
        )


def judge(front: Front) -> CheckResult:
    """Say what is to be mended first."""
    told = {"address": front.address, "reason": front.disbelief}
    if front.old:
        message = _("%(address)s still speaks TLS 1.0 or 1.1.") % told
        return CheckResult("fail", message, _("Allow only TLS 1.2 and 1.3 in the proxy."))
    if front.disbelief:
        message = _("Browsers do not believe the certificate of %(address)s: %(reason)s") % told
        advice = _("Get one from an authority that browsers know, with all certificates in between.")
        return CheckResult("fail", message, advice)
    if front.weak:
        message = _("%(address)s accepts outdated ciphers, or some without forward secrecy.") % told
        advice = _("Allow only ECDHE ciphers with AES-GCM or ChaCha20 for TLS 1.2 in the proxy.")
        return CheckResult("fail", message, advice)
    return CheckResult(
        "ok", _("%(address)s speaks TLS 1.2 or newer, with forward secrecy, and browsers believe it.") % told
    )
