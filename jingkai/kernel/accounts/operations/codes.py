"""Codes that count once."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from jingkai.kernel.accounts.models import LoginFailures, SpentCode, User

REMEMBERED = timedelta(minutes=10)


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
    gone = SpentCode.objects.filter(spent_at__lt=day).delete()[0]
    return gone + LoginFailures.objects.filter(last_at__lt=day).delete()[0]
