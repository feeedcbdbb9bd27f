"""Counting a turn, refusing one too many, and setting how many there may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.data import origin
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.pace import rules
from jingkai.kernel.pace.data import Allowance, Pace
from jingkai.kernel.pace.models import Turns
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.api import VersionDraft, add_rule, add_version, void_version
from jingkai.kernel.rules.models import Rule

IPV6_NETWORK = 64
"""Whoever has an IPv6 address has all addresses of its network: they are counted as one place."""

_COUNT = """
INSERT INTO pace_turns (what, who, since, number) VALUES (%(what)s, %(who)s, %(at)s, 1)
ON CONFLICT (what, who) DO UPDATE SET
    since = CASE WHEN pace_turns.since BETWEEN %(over)s AND %(ahead)s THEN pace_turns.since
                 ELSE EXCLUDED.since END,
    number = CASE WHEN pace_turns.since BETWEEN %(over)s AND %(ahead)s THEN pace_turns.number + 1
                  ELSE 1 END
WHERE pace_turns.since NOT BETWEEN %(over)s AND %(ahead)s OR pace_turns.number < %(most)s
RETURNING number
"""
AHEAD = timedelta(minutes=1)
"""What began later than this from now was counted while a clock was ahead, and counts no more."""


class TooOften(PersonFacingError):
    """One turn too many: nothing was done, and it is said when the next one counts."""

    status = 429
    sentence = _("This was done too often in a short time: at most %(most)s times within %(minutes)s min.")
    advice = _("Go on in %(wait)s min. Nothing you did before is lost.")

    def __init__(self, allowance: Allowance, retry_after: int) -> None:
        self.retry_after = max(1, retry_after)
        wait = -(-self.retry_after // 60)
        super().__init__(most=allowance.most, minutes=allowance.minutes, wait=wait)


def look(request: HttpRequest) -> None:
    """Count a request that passed its guard under the paces of its address. Error: TooOften."""
    match = request.resolver_match
    if match is None or not match.view_name:
        return
    found = rules.paces_at(match.view_name, request.method or "")
    if not found or getattr(request, "pace_counted", False):
        return
    request.pace_counted = True  # type: ignore[attr-defined]
    for pace in found:
        if pace.when is None or pace.when(request):
            _count(pace, who_of(request), request.at)  # type: ignore[attr-defined]


def count_turn(request: Any, code: str) -> None:
    """Count one turn of what no address tells, such as a guess that was wrong. Error: TooOften."""
    _count(rules.pace_of(code), who_of(request), request.at)


def who_of(request: Any) -> str:
    """Give the key under which turns add up: the login, else the network address, either one unreadable."""
    user_id = request.actor.user_id
    place = f"user:{user_id}" if user_id is not None else f"address:{_network(origin.get().ip)}"
    return salted_hmac("jingkai.kernel.pace", place, algorithm="sha256").hexdigest()


def _network(ip: str) -> str:
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"{int(address) >> (128 - IPV6_NETWORK):x}"
    return str(getattr(address, "ipv4_mapped", None) or address)


def _count(pace: Pace, who: str, at: datetime) -> None:
    """Count one turn in one statement; a turn that is refused writes nothing."""
    allowance = rules.allowance_at(pace, at)
    over = at - timedelta(minutes=allowance.minutes)
    values: dict[str, Any] = {"what": pace.code, "who": who, "at": at, "most": allowance.most}
    values |= {"over": over + timedelta(microseconds=1), "ahead": at + AHEAD}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        if cursor.fetchone() is not None:
            return
    since = Turns.objects.filter(what=pace.code, who=who).values_list("since", flat=True).first() or at
    left = since + timedelta(minutes=allowance.minutes) - at
    raise TooOften(allowance, ceil(left.total_seconds()))


@transaction.atomic
def set_allowance(*, pace: Pace, allowance: Allowance, source: str, by: Actor, at: datetime) -> None:
    """Write down how often this may be done, in force from today; a version of today is replaced."""
    today = timezone.localdate(at)
    value = {"most": allowance.most, "minutes": allowance.minutes}
    draft = VersionDraft(starts_on=today, value=value, source=source, confirmed=True)
    rule = Rule.objects.filter(kind=rules.KIND, key=pace.code).first()
    if rule is None:
        label = str(pace.label)
        add_rule(kind=rules.KIND, key=pace.code, name=label, name_en=label, draft=draft, by=by, at=at)
    else:
        for version in rule.versions.filter(starts_on=today, voided_at__isnull=True):
            void_version(version_id=version.pk, reason="replaced the same day", by=by, at=at)
        rule.refresh_from_db()
        add_version(rule_id=rule.pk, draft=draft, seen_version=rule.version, by=by, at=at)
    transaction.on_commit(rules.forget_numbers)


def forget_turns(*, at: datetime) -> int:
    """Forget what was done longer ago than the longest time that is counted."""
    return Turns.objects.filter(since__lt=at - timedelta(days=1)).delete()[0]
