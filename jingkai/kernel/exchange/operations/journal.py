"""Exchanges: noted, sent, answered, tried again, done by hand; nothing is lost while a system is down.

A thing that goes out is a row of the caller's transaction first, then a job. A system that fails several
times in a row is left alone for a while; what waits for it stays waiting, is shown, and goes on by itself.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.exchange import rules
from jingkai.kernel.exchange.data import (
    BREAK_AFTER,
    ExchangeKind,
    Refused,
    Reply,
    Unanswered,
    break_for,
    wait_after,
)
from jingkai.kernel.exchange.events import ExchangeNeedsHand
from jingkai.kernel.exchange.models import Exchange, SystemState
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import check_version
from jingkai.kernel.permissions.data import Actor

logger = logging.getLogger(__name__)
JOB = "exchange.carry_out"
CLAIM = timedelta(minutes=5)
MOST_TRIES = 60
"""At six hours each that is two weeks; then a person must look."""

State = Exchange.State


class NotOpen(PersonFacingError):
    """The exchange is settled, or on its way just now."""

    sentence = _("This exchange is settled or on its way just now.")
    advice = _("Open it again to see where it stands.")


class NumberMissing(PersonFacingError):
    """Who copied something over must say under which number it stands there."""

    status = 422
    sentence = _("Write the number that the other system gave, or “none” with the reason.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One thing to be sent: its kind, a key that tells it apart from all others, what it says."""

    kind: str
    key: str
    subject: str
    payload: Mapping[str, Any]
    subject_url: str = ""


def digest_of(payload: Mapping[str, Any]) -> str:
    """The SM3 digest of a payload in canonical JSON."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new("sm3", text.encode()).hexdigest()


@transaction.atomic
def send_out(*, outgoing: Outgoing, at: datetime) -> Exchange:
    """Note a thing that goes out and have it sent; the same kind and key is noted once.

    Where the installation has no way to the system it waits for a hand that copies it over.
    """
    kind = _kind(outgoing.kind)
    connected = kind.is_connected()
    row, is_new = Exchange.objects.get_or_create(
        kind=kind.code,
        key=outgoing.key,
        defaults={
            "direction": kind.direction,
            "system": kind.system,
            "subject": outgoing.subject[:200],
            "subject_url": outgoing.subject_url[:300],
            "payload": json.dumps(outgoing.payload, ensure_ascii=False),
            "digest": digest_of(outgoing.payload),
            "created_at": at,
            "next_at": at if connected else None,
            "needs_hand": not connected,
        },
    )
    if is_new and connected:
        events.enqueue(JOB, exchange_id=row.pk)
    return row


@transaction.atomic
def take_in(*, outgoing: Outgoing, outside_number: str, at: datetime) -> tuple[Exchange, bool]:
    """Note a thing that came in; True when it is new. A repetition changes nothing, whatever its order."""
    kind = _kind(outgoing.kind)
    row, is_new = Exchange.objects.get_or_create(
        kind=kind.code,
        key=outgoing.key,
        defaults={
            "direction": kind.direction,
            "system": kind.system,
            "subject": outgoing.subject[:200],
            "subject_url": outgoing.subject_url[:300],
            "payload": json.dumps(outgoing.payload, ensure_ascii=False),
            "digest": digest_of(outgoing.payload),
            "outside_number": outside_number[:120],
            "state": State.ANSWERED,
            "created_at": at,
            "settled_at": at,
        },
    )
    return row, is_new


def _kind(code: str) -> ExchangeKind:
    found = rules.kinds.get(code)
    if found is None:
        raise LookupError(f"no kind of exchange {code!r} is declared")
    return found


# --- sending --------------------------------------------------------------------------------------


def carry_out(*, exchange_id: int, clock: Callable[[], datetime]) -> None:
    """Send one thing, outside any transaction; a repeated call for what is through does nothing."""
    now = clock()
    row = _claim(exchange_id, now)
    if row is None:
        return
    kind = _kind(row.kind)
    try:
        if kind.carry_out is None or not kind.is_connected():
            raise Refused(str(_("There is no way to this system now.")))
        reply = kind.carry_out(json.loads(row.payload), row.key)
    except Refused as error:
        _refused(row, str(error), at=clock())
    except Unanswered as error:
        _unanswered(row, str(error), at=clock())
    except Exception as error:
        logger.exception("exchange %s could not be carried out", row.pk)
        _unanswered(row, f"{type(error).__name__}: {error}", at=clock())
    else:
        _answered(row, reply, at=clock())


def _claim(exchange_id: int, now: datetime) -> Exchange | None:
    """Take a thing for this try, unless its system is left alone; then it waits as long."""
    mine = Exchange.objects.filter(pk=exchange_id)
    system = mine.values_list("system", flat=True).first()
    resting = SystemState.objects.filter(system=system, resting_until__gt=now).first()
    free = Q(state__in=(State.WAITING, State.FAILED), needs_hand=False)
    free |= Q(state=State.SENT, claimed_at__lt=now - CLAIM)
    if resting is not None:
        if mine.filter(free).update(next_at=resting.resting_until):
            events.enqueue(JOB, at=resting.resting_until, exchange_id=exchange_id)
        return None
    taken = mine.filter(free).update(state=State.SENT, tries=F("tries") + 1, claimed_at=now, next_at=None)
    return mine.first() if taken else None


@transaction.atomic
def _answered(row: Exchange, reply: Reply, *, at: datetime) -> None:
    Exchange.objects.filter(pk=row.pk, state=State.SENT).update(
        state=State.ANSWERED,
        outside_number=reply.number[:120],
        problem="",
        settled_at=at,
        next_at=None,
    )
    if reply.facts:
        row.answer = json.dumps(dict(reply.facts), ensure_ascii=False)
        row.save(update_fields=["answer"])
    _note_health(row.system, problem="", at=at)


@transaction.atomic
def _refused(row: Exchange, problem: str, *, at: datetime) -> None:
    """The other side said no: its system is well, the thing needs a person."""
    _fail(row, problem, None)
    _note_health(row.system, problem="", at=at)
    events.publish(ExchangeNeedsHand(exchange_id=row.pk))


@transaction.atomic
def _unanswered(row: Exchange, problem: str, *, at: datetime) -> None:
    resting = _note_health(row.system, problem=problem, at=at)
    again = at + wait_after(row.tries) if row.tries < MOST_TRIES else None
    if again and resting:
        again = max(again, resting)
    _fail(row, problem, again)
    if again:
        events.enqueue(JOB, at=again, exchange_id=row.pk)
    else:
        events.publish(ExchangeNeedsHand(exchange_id=row.pk))


def _fail(row: Exchange, problem: str, again: datetime | None) -> None:
    Exchange.objects.filter(pk=row.pk).update(
        state=State.FAILED,
        problem=problem[:500].replace("\x00", ""),
        next_at=again,
        needs_hand=again is None,
    )


def _note_health(system: str, *, problem: str, at: datetime) -> datetime | None:
    """Count how a system does; gives until when it is left alone. Well again, what waited goes on."""
    state, _made = SystemState.objects.select_for_update().get_or_create(system=system)
    if not problem:
        was_ill = state.failures > 0
        state.failures, state.resting_until, state.last_ok_at = 0, None, at
        state.save()
        if was_ill:
            waiting = Exchange.objects.filter(system=system, state__in=(State.WAITING, State.FAILED))
            waiting.filter(needs_hand=False, next_at__gt=at).update(next_at=at)
        return None
    state.failures += 1
    state.last_failed_at, state.last_problem = at, problem[:300].replace("\x00", "")
    if state.failures >= BREAK_AFTER:
        state.resting_until = at + break_for(state.failures)
    state.save()
    return state.resting_until


def resume(*, at: datetime, most: int = 500) -> int:
    """Put to work what is due: whose job was lost, whose system is well again, whose worker died."""
    due = Q(state__in=(State.WAITING, State.FAILED), needs_hand=False, next_at__lte=at)
    dead = Q(state=State.SENT, claimed_at__lt=at - CLAIM)
    numbers = list(Exchange.objects.filter(due | dead).order_by("pk").values_list("pk", flat=True)[:most])
    for number in numbers:
        events.enqueue(JOB, unless_waiting=f"exchange:{number}", exchange_id=number)
    return len(numbers)


# --- by hand --------------------------------------------------------------------------------------


@transaction.atomic
def retry(*, exchange: Exchange, by: Actor, at: datetime) -> None:
    """Have a failed thing sent again at once. Error: NotOpen."""
    row = Exchange.objects.select_for_update().get(pk=exchange.pk)
    if row.state not in (State.WAITING, State.FAILED) or row.direction != Exchange.Direction.OUT:
        raise NotOpen
    row.next_at, row.needs_hand, row.tries = at, False, 0
    row.version += 1
    row.save(update_fields=["next_at", "needs_hand", "tries", "version"])
    SystemState.objects.filter(system=row.system).update(resting_until=None)
    events.enqueue(JOB, exchange_id=row.pk)
    audit.record(row, action="exchange.retried", by=by, at=at, facts={"kind": row.kind})


@transaction.atomic
def finish_by_hand(*, exchange: Exchange, number: str, version: int, by: Actor, at: datetime) -> None:
    """Note that a person entered the thing in the other system, and under which number it stands there.

    Errors: NotOpen, NumberMissing, ChangedMeanwhile.
    """
    row = Exchange.objects.select_for_update().get(pk=exchange.pk)
    check_version(row_version=row.version, form_version=version)
    if row.state not in (State.WAITING, State.FAILED):
        raise NotOpen
    if not number.strip():
        raise NumberMissing
    row.state, row.outside_number, row.settled_at = State.BY_HAND, number.strip()[:120], at
    row.settled_by_id, row.next_at, row.needs_hand = by.party_id, None, False
    row.version += 1
    row.save()
    facts = {"kind": row.kind, "number": row.outside_number, "digest": row.digest}
    audit.record(row, action="exchange.done_by_hand", by=by, at=at, facts=facts)


@transaction.atomic
def open_sheet(*, exchange: Exchange, by: Actor, at: datetime) -> dict[str, Any]:
    """Give the whole payload in the clear for copying, and write down who looked."""
    audit.record(exchange, action="exchange.sheet_opened", by=by, at=at, facts={"kind": exchange.kind})
    payload: dict[str, Any] = json.loads(exchange.payload)
    return payload
