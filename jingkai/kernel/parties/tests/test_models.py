"""Encrypted columns, keys, constraints and pinyin."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from jingkai.kernel.parties.models import Party, Person
from jingkai.kernel.parties.models.encrypted import decrypt, encrypt, lookup_hash
from jingkai.kernel.parties.models.keyring import create_key_file, read_keys
from jingkai.kernel.parties.models.pinyin import initials, sort_key
from jingkai.kernel.parties.operations import register_person
from jingkai.kernel.permissions.data import SYSTEM


@pytest.fixture
def secrets_folder(settings: Any, tmp_path: Path) -> Path:
    settings.SECRETS_FOLDER = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_phone_lies_unreadable_in_the_database() -> None:
    person = register_person(name="陈浩", phone="138 0000 1111", email="a@b.cn", by=SYSTEM, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, email FROM parties_person WHERE party_id = %s", [person.pk])
        stored = cursor.fetchone()
    assert "13800001111" not in stored[0]
    assert "a@b.cn" not in stored[1]
    read = Person.objects.get(pk=person.pk)
    assert (read.phone, read.email) == ("13800001111", "a@b.cn")


@pytest.mark.django_db
def test_encrypted_column_cannot_be_compared() -> None:
    with pytest.raises(FieldError):
        Person.objects.filter(phone="13800001111").exists()
    assert Person.objects.filter(phone__isnull=True).count() == 0


def test_same_text_never_looks_the_same_and_columns_cannot_be_swapped(secrets_folder: Path) -> None:
    first, second = encrypt("13800001111", context="a"), encrypt("13800001111", context="a")
    assert first != second
    assert decrypt(first, context="a") == "13800001111"
    with pytest.raises(ImproperlyConfigured, match="does not open"):
        decrypt(first, context="b")


@pytest.mark.parametrize("spoil", [lambda s: s[:-4] + "AAA=", lambda s: "x1" + s[2:], lambda s: "junk"])
def test_altered_text_does_not_open(secrets_folder: Path, spoil: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="does not open"):
        decrypt(spoil(encrypt("secret", context="a")), context="a")


def test_key_file_is_private_and_made_once(secrets_folder: Path) -> None:
    path = secrets_folder / "sub" / "personal-data.json"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: create_key_file(path), range(8)))
    content = path.read_text()
    create_key_file(path)
    assert path.read_text() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_damaged_key_file_is_named(secrets_folder: Path) -> None:
    path = secrets_folder / "personal-data.json"
    path.write_text("{}")
    with pytest.raises(ImproperlyConfigured, match="personal-data"):
        read_keys(path)


def test_lookup_hash_is_keyed(secrets_folder: Path) -> None:
    assert lookup_hash("13800001111") == lookup_hash("13800001111") != lookup_hash("13800001112")
    assert lookup_hash("") == ""


def test_chinese_names_have_a_sound_to_sort_by() -> None:
    assert sort_key("重庆") == "chong qing"
    assert sort_key("Ab公司") == "ab gong si"
    assert initials("今禾食品有限公司") == "jhspyxgs"
    assert sorted(["赵", "钱", "孙", "李"], key=sort_key) == ["李", "钱", "孙", "赵"]


@pytest.mark.django_db
def test_one_zone_only() -> None:
    Party.objects.create(kind="zone", name="甲区")
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(kind="zone", name="乙区")
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(kind="unit", name="")


@pytest.mark.django_db
def test_a_row_that_was_read_quickly_can_be_completed_and_saved(django_assert_num_queries: Any) -> None:
    party = Party.objects.create(kind="unit", name="甲局")
    found = Party.objects.only("name").get(pk=party.pk)
    assert (found, found.pk, found._state.adding, found._state.db) == (party, party.pk, False, "default")
    assert {"kind", "pinyin"} <= found.get_deferred_fields()
    with django_assert_num_queries(1):
        assert found.kind == "unit"
    found.name = "乙局"
    found.save()
    assert Party.objects.get(pk=party.pk).name == "乙局"
