"""Logins that nobody uses: told about, then disabled (GB/T 22239, 8.1.4.2 c)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from jingkai.kernel.accounts import queries
from jingkai.kernel.accounts.events import LoginUnused, UnusedLoginDisabled
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.operations.logins import set_login_active
from jingkai.kernel.audit.api import record
from jingkai.kernel.events.api import publish
from jingkai.kernel.organisation.api import administrators
from jingkai.kernel.permissions.data import SYSTEM


def settle_unused(*, at: datetime) -> tuple[int, int]:
    """Tell the persons of logins that were not used for long, and disable those who were told in time.

    Each login is a transaction of its own, those longest unused first; gives how many were told and how many
    were disabled. The last login in use of a kind of administrators stays: somebody must be able to put the
    others back into use.
    """
    told = disabled = 0
    for user_id in queries.unused_logins(at).filter(is_active=True).values_list("pk", flat=True):
        with transaction.atomic():
            row = User.objects.select_for_update(of=("self",)).get(pk=user_id)
            if not queries.unused_logins(at).filter(pk=user_id, is_active=True).exists():
                continue  # used, or disabled, in the meantime
            since = queries.unused_since(row)
            if row.unused_told_at is None or row.unused_told_at < since:
                _tell(row, at)
                told += 1
                continue
            until = queries.unused_until(row, at)
            if until is not None and until <= at and not _is_last_administrator(row, at):
                _disable(row, since, at)
                disabled += 1
    return told, disabled


def _is_last_administrator(row: User, at: datetime) -> bool:
    """Whether nobody else of a kind of administrators, of which this person is one, can log in."""
    for people in administrators(timezone.localdate(at)).values():
        others = people - {row.person_id}
        if row.person_id in people and not User.objects.filter(is_active=True, person__in=others).exists():
            return True
    return False


def _tell(row: User, at: datetime) -> None:
    row.unused_told_at = at
    row.save(update_fields=["unused_told_at"])
    record(row, action="login.unused_told", by=SYSTEM, at=at, for_=row.person_id)
    publish(LoginUnused(user_id=row.pk))


def _disable(row: User, since: datetime, at: datetime) -> None:
    set_login_active(user=row, active=False, unused_since=since, by=SYSTEM, at=at)
    publish(UnusedLoginDisabled(user_id=row.pk))
