"""The doctor notices that somebody tries passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jingkai.kernel.accounts.models import LoginFailures
from jingkai.kernel.accounts.panels import MANY_LOCKED, MANY_WRONG, check_logins

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def failures(number: int, wrong: int, *, ago: int = 1, locked: bool = False) -> None:
    moment = NOON - timedelta(minutes=ago)
    until = NOON + timedelta(minutes=5) if locked else None
    LoginFailures.objects.bulk_create(
        LoginFailures(
            key=f"{ago}-{locked}-{one}", failures=wrong, first_at=moment, last_at=moment, locked_until=until
        )
        for one in range(number)
    )


def test_many_names_that_are_locked_are_told() -> None:
    failures(MANY_LOCKED - 1, 0, locked=True)
    assert check_logins(at=NOON).state == "ok"
    failures(1, 0, ago=2, locked=True)
    assert check_logins(at=NOON).state == "warn"


def test_many_wrong_attempts_at_many_names_are_told_while_they_last() -> None:
    failures(MANY_WRONG - 1, 1)
    assert check_logins(at=NOON).state == "ok"
    failures(1, 1, ago=14)
    assert check_logins(at=NOON).state == "warn"
    assert check_logins(at=NOON + timedelta(minutes=16)).state == "ok"
