"""Whose certificates are watched, and which of them end soon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from jingkai.kernel.exchange.data import CallRefused, Target
from jingkai.kernel.exchange.models import CertificateSight
from jingkai.kernel.exchange.queries.targets import list_targets
from jingkai.kernel.exchange.rules import endpoints
from jingkai.kernel.exchange.rules.certificates import FORGOTTEN, warning_on
from jingkai.kernel.exchange.rules.targets import read_url
from jingkai.kernel.hooks.data import CheckResult

Place = tuple[str, int]


def watched_targets(*, on: date) -> Mapping[Place, Target]:
    """Give the installation's own address and every host that may be called, where they speak encrypted."""
    found = {(one.host, one.port): one for one in list_targets(on=on) if not one.plain_http}
    own = own_address()
    return {(one.host, one.port): one for one in (*([own] if own else []), *_lines())} | found


def _lines() -> Iterator[Target]:
    """Services that speak no HTTP and are encrypted, such as the mail server."""
    for endpoint in endpoints.all():
        parts, how = urlsplit(endpoint.address()), endpoint.tls()
        if how and parts.scheme == "tcp" and parts.hostname and parts.port:
            purposes = frozenset({endpoint.purpose})
            yield Target(parts.hostname, parts.port, purposes, internal=True, starttls=how == "starttls")


def own_address() -> Target | None:
    """The address under which people reach this installation, where it is encrypted."""
    try:
        scheme, host, port, _rest = read_url(settings.BASE_URL)
    except CallRefused:
        return None
    return Target(host, port, frozenset(), internal=True) if scheme == "https" else None


def list_sights(*, on: date) -> list[CertificateSight]:
    """Give what was last seen of every certificate that is watched, the one that ends first on top."""
    watched = watched_targets(on=on)
    rows = [row for row in CertificateSight.objects.all() if (row.host, row.port) in watched]
    return sorted(rows, key=lambda row: (row.ends_at is None, row.ends_at or row.looked_at, row.host))


def check_certificates(*, at: datetime) -> CheckResult:
    """Say which certificates have ended or end soon, and whether anybody looks at all."""
    on = timezone.localdate(at)
    rows, before = list_sights(on=on), warning_on(on)
    ended = [row for row in rows if row.ends_at and row.ends_at <= at]
    soon = [row for row in rows if row.ends_at and at < row.ends_at <= at + before]
    advice = _("Put a new one in place before that day; a host of others: tell whoever runs it.")
    if ended:
        message = _("Certificates have ended: %(list)s.") % {"list": _listed([*ended, *soon])}
        return CheckResult("fail", message, advice)
    if soon:
        told = {"days": before.days, "list": _listed(soon)}
        return CheckResult("warn", _("Certificates end within %(days)s days: %(list)s.") % told, advice)
    if any(row.looked_at < at - FORGOTTEN for row in rows):
        message = _("Nobody has looked at the certificates for three days.")
        return CheckResult("warn", message, _("See that the worker runs."))
    return CheckResult("ok", _sentence(rows, before.days, len(watched_targets(on=on))))


def _sentence(rows: list[CertificateSight], days: int, watched: int) -> str:
    if not watched:
        return _("No address with a certificate is in use.")
    unseen = [row.address for row in rows if row.ends_at is None]
    if unseen:
        return _("These showed no certificate yet: %(list)s.") % {"list": "、".join(unseen)}
    if len(rows) < watched:
        return _("The certificates are looked at within the hour.")
    return _("Every certificate in use lasts longer than %(days)s days.") % {"days": days}


def _listed(rows: list[CertificateSight]) -> str:
    return "、".join(f"{row.address} ({timezone.localdate(row.ends_at)})" for row in rows if row.ends_at)
