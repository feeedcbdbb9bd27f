"""Codes sent to a phone, and codes that count once."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.accounts.data import CodePurpose
from jingkai.kernel.accounts.models import LoginFailures, PhoneCode, SpentCode, User
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import lookup_hash, plain_phone

CodeSender = Callable[[str, str, int, str, datetime], None]
"""`(phone, code, minutes it counts, language, at)`; registered by whoever can send messages."""

VALID_MINUTES = 10
PAUSE_SECONDS = 60
PER_HOUR = 5
TRIES = 5
REMEMBERED = timedelta(minutes=10)

_sender: list[CodeSender] = []


class TooManyCodes(PersonFacingError):
    """Codes are sent to one phone only so often."""

    sentence = _("A code was sent to this phone only just now, or too many were sent within an hour.")
    advice = _("Wait a minute and look at the newest message; after five codes wait an hour.")
    status = 429


def set_code_sender(sender: CodeSender) -> None:
    """Say, while starting, how a code reaches a phone."""
    _sender[:] = [sender]


@transaction.atomic
def send_phone_code(*, phone: str, purpose: CodePurpose, language: str, at: datetime) -> None:
    """Send a fresh six-digit code to a phone; only the newest counts."""
    number = plain_phone(phone)
    key = lookup_hash(number)
    sent = PhoneCode.objects.filter(phone_hash=key, sent_at__gt=at - timedelta(hours=1))
    newest = sent.filter(purpose=purpose.value).order_by("-sent_at").first()
    if sent.count() >= PER_HOUR or (newest and newest.sent_at > at - timedelta(seconds=PAUSE_SECONDS)):
        raise TooManyCodes
    code = f"{secrets.randbelow(1_000_000):06d}"
    PhoneCode.objects.create(
        purpose=purpose.value,
        phone_hash=key,
        code_hash=_code_hash(number, code),
        sent_at=at,
        expires_at=at + timedelta(minutes=VALID_MINUTES),
    )
    for send in _sender:
        send(number, code, VALID_MINUTES, language, at)


@transaction.atomic
def check_phone_code(*, phone: str, purpose: CodePurpose, code: str, at: datetime) -> bool:
    """Whether this is the newest code sent to the phone; it counts once and survives five wrong tries.

    A wrong try must be committed by the caller, or guessing would cost nothing.
    """
    number = plain_phone(phone)
    rows = PhoneCode.objects.select_for_update().filter(phone_hash=lookup_hash(number), purpose=purpose.value)
    newest = rows.order_by("-sent_at").first()
    if newest is None or newest.used_at or newest.expires_at < at or newest.tries >= TRIES:
        return False
    right = secrets.compare_digest(newest.code_hash, _code_hash(number, "".join(code.split())))
    if right:
        newest.used_at = at
    else:
        newest.tries += 1
    newest.save()
    return right


def _code_hash(number: str, code: str) -> str:
    return lookup_hash(f"code:{number}:{code}")


def spend_code(*, user: User, code: str, at: datetime) -> bool:
    """Whether a right one-time code counts: it does once, in whatever process it arrives."""
    digest = hashlib.sha256(f"{user.pk}:{''.join(code.split())}".encode()).hexdigest()
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if SpentCode.objects.filter(user=user, code_hash=digest, spent_at__gt=at - REMEMBERED).exists():
            return False
        SpentCode.objects.create(user=user, code_hash=digest, spent_at=at)
    return True


def forget_old(*, at: datetime) -> int:
    """Delete codes and counts of wrong attempts that no longer mean anything; gives how many rows went."""
    day = at - timedelta(days=1)
    gone = PhoneCode.objects.filter(expires_at__lt=day).delete()[0]
    gone += SpentCode.objects.filter(spent_at__lt=day).delete()[0]
    return gone + LoginFailures.objects.filter(last_at__lt=day).delete()[0]
