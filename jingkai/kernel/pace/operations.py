"""Counting a turn, refusing one too many, and setting how many there may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import REFUSED, afterwards, record
from jingkai.kernel.audit.data import origin
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.pace import rules
from jingkai.kernel.pace.data import Allowance, Pace
from jingkai.kernel.pace.events import PaceExceeded
from jingkai.kernel.pace.models import Turns
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.api import VersionDraft, add_rule, add_version, void_version
from jingkai.kernel.rules.models import Rule

STREAM = "pace.exceeded"
"""One stream per login, and one for all who are not logged in."""
REFUSALS = "refusals"
"""The pace under which refused pages add up."""
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
            _count_or_note(pace, request)


def count_turn(request: Any, code: str) -> None:
    """Count one turn of what no address tells, such as a guess that was wrong. Error: TooOften."""
    _count_or_note(rules.pace_of(code), request)


def _count_or_note(pace: Pace, request: Any) -> None:
    who = who_of(request)
    try:
        _count(pace, who, request.at)
    except TooOften:
        afterwards(partial(note_exceeded, pace, who))
        raise


def count_refusal(by: Actor, at: datetime) -> None:
    """Count a page that was refused to somebody; going over the number is told, not refused."""
    if by.user_id is None:
        return
    pace, who = rules.pace_of(REFUSALS), _key(f"user:{by.user_id}")
    try:
        _count(pace, who, at)
    except TooOften:
        note_exceeded(pace, who, by, at)


@transaction.atomic
def note_exceeded(pace: Pace, who: str, by: Actor, at: datetime) -> None:
    """Write down that somebody went over a pace: once within its minutes, not each time."""
    allowance = rules.allowance_at(pace, at)
    if not _is_counted(f"over:{pace.code}", who, replace(allowance, most=1), at):
        return
    facts = {"pace": pace.code, "most": allowance.most}
    record((STREAM, by.user_id or 0), action="pace.exceeded", by=by, at=at, facts=facts, result=REFUSED)
    if pace.alarm and by.user_id is not None:
        publish(PaceExceeded(pace=pace.code, user_id=by.user_id))


def who_of(request: Any) -> str:
    """Give the key under which turns add up: the login, else the network address, either one unreadable."""
    user_id = request.actor.user_id
    place = f"user:{user_id}" if user_id is not None else f"address:{_network(origin.get().ip)}"
    return _key(place)


def _key(place: str) -> str:
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
    """Count one turn. Error: TooOften."""
    allowance = rules.allowance_at(pace, at)
    if _is_counted(pace.code, who, allowance, at):
        return
    since = Turns.objects.filter(what=pace.code, who=who).values_list("since", flat=True).first() or at
    left = since + timedelta(minutes=allowance.minutes) - at
    raise TooOften(allowance, ceil(left.total_seconds()))


def _is_counted(what: str, who: str, allowance: Allowance, at: datetime) -> bool:
    """Count one turn in one statement and say whether it counts; one that does not writes nothing."""
    over = at - timedelta(minutes=allowance.minutes)
    values: dict[str, Any] = {"what": what, "who": who, "at": at, "most": allowance.most}
    values |= {"over": over + timedelta(microseconds=1), "ahead": at + AHEAD}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return cursor.fetchone() is not None


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
