"""Proving that somebody holds a phone: a code is sent to it and typed back.

The code is kept as a keyed hash; the clear code lies encrypted only until the message is out. Wrong tries are
counted on a connection of their own: a refused form rolls its transaction back and must not win a try.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.data import origin
from jingkai.kernel.events.api import enqueue
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.connectors import sms
from jingkai.kernel.notices.data import SMS
from jingkai.kernel.notices.models import Delivery, PhoneCheck
from jingkai.kernel.notices.queries.texts import current_texts
from jingkai.kernel.parties.api import is_mobile, lookup_hash, mask_phone, plain_phone

LIFE = timedelta(minutes=5)
TRIES = 5
PAUSE = timedelta(seconds=60)
PER_PHONE = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
PER_IP = ((timedelta(hours=1), 30),)


class NoMobileNumber(PersonFacingError):
    """What was typed is no mobile number."""

    status = 400
    sentence = _("“%(phone)s” is not a mobile number of the mainland (11 digits, beginning with 1).")
    advice = _("Check the number and type it again.")


class TooManyCodes(PersonFacingError):
    """Too many codes were asked for."""

    status = 429
    sentence = _("Too many codes were asked for. The next can be sent in %(minutes)s minutes.")
    advice = _("If a code has arrived, use the newest one.")


class SmsNotSetUp(PersonFacingError):
    """The installation cannot send text messages."""

    status = 503
    sentence = _("Text messages cannot be sent at the moment, so the phone cannot be checked.")
    advice = _("Please try later or come to a window of the service hall.")


class WrongCode(PersonFacingError):
    """The code is not the one that was sent."""

    status = 400
    sentence = _("The code is wrong. %(left)s tries are left.")
    advice = _("Type the six digits of the newest message.")


class CodeUsedUp(PersonFacingError):
    """The code is too old, used, or was guessed at too often."""

    status = 400
    sentence = _("This code is no longer valid.")
    advice = _("Ask for a new code.")


@transaction.atomic
def start_phone_check(
    phone: str, *, purpose: str, at: datetime, ip: str | None = None, language: str = "zh-hans"
) -> UUID:
    """Send a six-digit code to a phone and give the check's number, to be finished within five minutes.

    `ip` is the request's own where none is given. Raises `NoMobileNumber`, `TooManyCodes`, `SmsNotSetUp`.
    """
    digits = plain_phone(phone)
    if not is_mobile(digits):
        raise NoMobileNumber(phone=phone[:20])
    if not sms.is_set_up():
        raise SmsNotSetUp
    address, hashed = origin.get().ip if ip is None else ip, lookup_hash(digits)
    _refuse_flood(hashed, address, at)
    code = f"{secrets.randbelow(1_000_000):06}"
    check = PhoneCheck(purpose=purpose, phone=digits, phone_hash=hashed, code=code, ip=address, started_at=at)
    check.expires_at, check.code_hash = at + LIFE, _hash(check.uuid, code)
    check.save()
    _send(check, language=language, at=at)
    return check.uuid


def send_sms_code(phone: str, *, purpose: str, at: datetime) -> UUID:
    """Send a code to a phone; the same as `start_phone_check`."""
    return start_phone_check(phone, purpose=purpose, at=at)


def _refuse_flood(phone_hash: str, ip: str, at: datetime) -> None:
    """Hold the limits per phone and per address, one caller after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"phone:{phone_hash}"])
    mine = PhoneCheck.objects.filter(phone_hash=phone_hash)
    limits = [(mine, PAUSE, 1), *((mine, span, most) for span, most in PER_PHONE)]
    if ip:
        theirs = PhoneCheck.objects.filter(ip=ip)
        limits += [(theirs, span, most) for span, most in PER_IP]
    for rows, span, most in limits:
        recent = list(
            rows.filter(started_at__gt=at - span)
            .order_by("-started_at")
            .values_list("started_at", flat=True)[:most]
        )
        if len(recent) >= most:
            wait = recent[-1] + span - at
            raise TooManyCodes(minutes=max(1, -int(-wait.total_seconds() // 60)))


def _send(check: PhoneCheck, *, language: str, at: datetime) -> None:
    texts = current_texts("phone_check", language)
    delivery = Delivery.objects.create(
        check_of=check,
        channel=SMS,
        sms_code=texts.sms_code,
        params={"minutes": str(int(LIFE.total_seconds() // 60))},
        to_hint=mask_phone(check.phone),
        created_at=at,
    )
    enqueue("notices.deliver", delivery_id=delivery.pk)


def _hash(check: UUID, code: str) -> str:
    return lookup_hash(f"phone-check:{check}:{code}")


def finish_phone_check(check: UUID | str, code: str, *, purpose: str, at: datetime) -> str:
    """Take the code that was typed and give the phone it proves; a code proves once.

    Raises `WrongCode` (five tries) or `CodeUsedUp`.
    """
    row = _find(check, purpose)
    if row is None or row.passed_at or at >= row.expires_at or not _count_try(row):
        raise CodeUsedUp
    typed = "".join(character for character in code if character.isdigit())
    if not hmac.compare_digest(_hash(row.uuid, typed), row.code_hash):
        left = TRIES - row.tries - 1
        raise WrongCode(left=left) if left > 0 else CodeUsedUp
    if not PhoneCheck.objects.filter(pk=row.pk, passed_at=None).update(passed_at=at, code=None):
        raise CodeUsedUp
    return str(row.phone)


def _find(check: UUID | str, purpose: str) -> PhoneCheck | None:
    try:
        number = check if isinstance(check, UUID) else UUID(check)
    except ValueError:
        return None
    return PhoneCheck.objects.filter(uuid=number, purpose=purpose).first()


_COUNT = "UPDATE notices_phonecheck SET tries = tries + 1 WHERE id = %s AND tries < %s"


def _count_try(row: PhoneCheck) -> bool:
    """Count a try for good, whatever becomes of the caller's transaction; False when none is left."""
    if row.tries >= TRIES:
        return False
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            cursor.execute("SELECT tries FROM notices_phonecheck WHERE id = %s", [row.pk])
            seen = cursor.fetchone()
            if seen is not None:
                cursor.execute(_COUNT, [row.pk, TRIES])
                return bool(cursor.rowcount == 1)
    finally:
        own.close()
    with connection.cursor() as cursor:  # the check was started in this very transaction
        cursor.execute(_COUNT, [row.pk, TRIES])
        return bool(cursor.rowcount == 1)
