"""A new key, old rows under it while people work, and the end of the old key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import timezone

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.parties import operations
from jingkai.kernel.parties.cli import keys
from jingkai.kernel.parties.models import Person
from jingkai.kernel.parties.models.encrypted import decrypt, encrypt
from jingkai.kernel.parties.models.keyring import AES, SM4, key_file, read_keys
from jingkai.kernel.parties.operations import rekeying
from jingkai.kernel.parties.queries import count_values, sealed_columns
from jingkai.kernel.permissions.data import SYSTEM

AT = timezone.now()


@pytest.fixture
def people(settings: Any, tmp_path: Path, transactional_db: None) -> list[int]:
    """Seven people with phones under the first key of a key file of their own."""
    settings.SECRETS_FOLDER = tmp_path
    names = [("陈浩", f"1380000111{number}") for number in range(7)]
    return [operations.register_person(name=name, phone=phone, by=SYSTEM, at=AT).pk for name, phone in names]


def marks() -> set[str]:
    """With what the stored phones begin."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM parties_person WHERE phone <> ''")
        return {value.rpartition(":")[0] for (value,) in cursor.fetchall()}


def phones(people: list[int]) -> list[str]:
    return [Person.objects.get(pk=number).phone for number in people]


def test_rows_go_from_aes_to_sm4_and_back(people: list[int]) -> None:
    before = phones(people)
    assert marks() == {"a1:1"}
    for cipher, mark in ((SM4, "s1:2"), (AES, "a1:3")):
        operations.add_key(cipher=cipher, use=True, by=SYSTEM, at=AT)
        assert phones(people) == before, "old rows stay readable"
        found = operations.encrypt_anew(by=SYSTEM, at=AT, batch=3)
        assert (found.values, found.left) == (len(people), 0)
        assert marks() == {mark}
        assert phones(people) == before
    assert operations.encrypt_anew(by=SYSTEM, at=AT).values == 0


def test_sm4_binds_values_to_their_column_and_sees_every_change(people: list[int]) -> None:
    operations.add_key(cipher=SM4, use=True, by=SYSTEM, at=AT)
    stored = encrypt("13800001111", context="a")
    assert stored.startswith("s1:2:")
    assert decrypt(stored, context="a") == "13800001111"
    assert decrypt(encrypt("", context="a"), context="a") == ""
    spoilt = [stored.replace("s1:", "a1:"), stored[:-4] + "AAA=", "s1:2:", "s1:2:AAAA"]
    for value, context in [(stored, "b"), *((one, "a") for one in spoilt)]:
        with pytest.raises(Exception, match="does not open"):
            decrypt(value, context=context)


def test_being_stopped_in_the_middle_leaves_every_value_readable_and_the_next_run_goes_on(
    people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = phones(people)
    operations.add_key(cipher=SM4, use=True, by=SYSTEM, at=AT)
    calls = []

    def breaks_off(text: str, *, context: str) -> str:
        calls.append(text)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return encrypt(text, context=context)

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, "encrypt", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            operations.encrypt_anew(by=SYSTEM, at=AT, batch=2)
    assert count_values()["parties_person.phone"] == {"1": 3, "2": 4}
    assert phones(people) == before
    assert operations.encrypt_anew(by=SYSTEM, at=AT, batch=2).values == 3
    assert marks() == {"s1:2"}


def test_rows_that_somebody_holds_are_passed_over_and_named(people: list[int], database_server: Any) -> None:
    operations.add_key(cipher=AES, use=True, by=SYSTEM, at=AT)
    with database_server.connect(connection.settings_dict["NAME"]) as other:
        other.autocommit = False
        other.execute("SELECT 1 FROM parties_person WHERE party_id = %s FOR UPDATE", [people[2]])
        answer = CliRunner().invoke(keys, ["reencrypt"])
        assert (answer.exit_code, answer.output) == (1, "6 values encrypted anew, 1 left.\n")
    answer = CliRunner().invoke(keys, ["reencrypt"])
    assert (answer.exit_code, answer.output) == (0, "1 values encrypted anew, 0 left.\n")


def test_every_encrypted_column_is_known(people: list[int]) -> None:
    names = {one.name for one in sealed_columns()}
    assert {"parties_person.phone", "exchange_exchange.payload", "mfa_authenticator.data.seed"} <= names
    contexts = {one.name: one.context for one in sealed_columns()}
    assert contexts["parties_person.phone"] == "parties.person.phone"


def test_an_old_key_goes_only_when_nothing_can_be_under_it(people: list[int]) -> None:
    operations.add_key(cipher=AES, use=True, by=SYSTEM, at=AT)
    late = AT + timedelta(days=4)
    with pytest.raises(operations.KeyInUse):
        operations.drop_key(name="2", by=SYSTEM, at=late)
    with pytest.raises(operations.KeyInUse):
        operations.drop_key(name="1", by=SYSTEM, at=AT + timedelta(days=2))
    with pytest.raises(operations.KeyOpensRows, match="7"):
        operations.drop_key(name="1", by=SYSTEM, at=late)
    with pytest.raises(operations.NoSuchKey):
        operations.drop_key(name="9", by=SYSTEM, at=late)
    operations.encrypt_anew(by=SYSTEM, at=AT)
    operations.drop_key(name="1", by=SYSTEM, at=late)
    assert set(read_keys(key_file()).keys) == {"2"}
    assert len(set(phones(people))) == len(people)
    actions = list(entries_of(rekeying.STREAM).values_list("action", flat=True))
    assert actions == ["keys.added", "keys.reencryption_begun", "keys.reencrypted", "keys.dropped"]


def test_a_key_that_waits_is_taken_into_use_by_its_name(people: list[int]) -> None:
    run = CliRunner().invoke
    assert run(keys, ["new", "--cipher", "sm4", "--later"]).output == "key 2 is there\n"
    assert encrypt("x", context="a").startswith("a1:1:")
    assert run(keys, ["use", "9"]).exit_code == 1
    assert run(keys, ["use", "2"]).exit_code == 0
    assert encrypt("x", context="a").startswith("s1:2:")
    shown = run(keys, ["list"]).output.splitlines()
    assert [line.split("\t")[1] for line in shown] == ["AES-256-GCM", "SM4-GCM"]
    assert shown[0].endswith("7 values")
    assert "in use" in shown[1]
    assert key_file().stat().st_mode & 0o777 == 0o600
