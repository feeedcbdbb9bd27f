"""The doctor notices that somebody tries passwords; secrets of second factors go over to a new key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jingkai.kernel.accounts.data import MFA_CONTEXT, password_faults
from jingkai.kernel.accounts.models import LoginFailures
from jingkai.kernel.accounts.operations import set_policy
from jingkai.kernel.accounts.panels import MANY_LOCKED, MANY_WRONG, check_logins, check_policy
from jingkai.kernel.accounts.rules import forget_policy, policy_at
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.parties.api import add_key, decrypt, encrypt, encrypt_anew, register_person
from jingkai.kernel.permissions.data import SYSTEM, Actor

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


@pytest.mark.parametrize(
    ("told", "state", "plain_will_do"),
    [({}, "ok", False), ({"classes": 1}, "warn", True), ({"max_age_days": 0}, "warn", False)],
    ids=["as-the-standard", "any-characters", "without-end"],
)
def test_a_rule_of_passwords_below_the_standard_is_possible_and_told(
    told: dict[str, int], state: str, plain_will_do: bool
) -> None:
    policy = replace(policy_at(NOON), **told)  # type: ignore[arg-type]
    set_policy(policy=policy, source="令", by=SYSTEM, at=NOON)
    forget_policy()
    try:
        assert check_policy(at=NOON).state == state
        assert (password_faults("长长的一句话只有汉字没有别的", policy_at(NOON)) == []) is plain_will_do
    finally:
        forget_policy()


def test_secrets_of_second_factors_are_encrypted_anew(settings: Any, tmp_path: Path) -> None:
    settings.SECRETS_FOLDER = tmp_path
    person = register_person(name="陈浩", by=SYSTEM, at=NOON)
    user = login_of(Actor(party_id=person.pk, user_id=None, name="陈浩", kind="staff"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
            " VALUES (%s, 'totp', jsonb_build_object('secret', %s::text, 'other', 1), now())",
            [user.pk, encrypt("JBSWY3DP", context=MFA_CONTEXT)],
        )
        add_key(cipher="s1", use=True, by=SYSTEM, at=NOON)
        assert encrypt_anew(by=SYSTEM, at=NOON).left == 0
        cursor.execute("SELECT data ->> 'secret', data ->> 'other' FROM mfa_authenticator")
        secret, other = cursor.fetchone()
    assert secret.startswith("s1:2:")
    assert (decrypt(secret, context=MFA_CONTEXT), other) == ("JBSWY3DP", "1")
