"""Passwords that fit the policy and that everybody knows all the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from jingkai.kernel.accounts.data import SecurityPolicy, password_faults
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.accounts.web.breached import is_breached
from jingkai.kernel.accounts.web.well_known import is_well_known, personal_number_in, word_in
from jingkai.kernel.organisation.testing import Cast

KNOWN = [
    "Password123!",
    "P@ssw0rd2024",
    "Passw0rd!!",
    "Admin@123456",
    "Admin888!888",
    "Root@20240101",
    "Abc123456!",
    "Abcd1234!@#$",
    "Huawei@123",
    "Qwerty12345!",
    "Qwertyuiop1!",
    "Asdfghjkl1!",
    "Qazwsx!2345",
    "1qaz@WSX3edc",
    "Zaq1@wsx2023",
    "1Q2w3e4r5t!",
    "Aa123456789",
    "Aa@11111111",
    "Aaaaaaaaa1!",
    "AbcAbcAbc1!",
    "a1234567890!",
    "Xyz11111111",
    "Zs-19800101",
    "Wei-20241201",
    "Woaini1314!",
    "Iloveyou1314!",
    "Qq5201314!!",
    "Dragon@8888",
    "Welcome@2023",
    "Sunshine#2020",
    "Letmein!2345",
    "Test@12345678",
    "Changeme_2024",
    "Beijing2008!",
    "Kaifaqu@2025",
]
GOOD = [
    "Correct-horse-9",
    "Tiger-lamp-07",
    "Brand-new-word-7",
    "aB3-92817465",
    "Xk39-vbtq2p",
    "Gruen7-Stuhl+Mond",
    "liuShui7gaoShan",
    "Zhang@2024weizhe",
    "桌子-Lampe-7-蓝",
]


@pytest.mark.parametrize("password", KNOWN)
def test_what_everybody_knows_is_refused_in_any_dress(password: str) -> None:
    assert password_faults(password, SecurityPolicy()) == [], "the policy alone would take it"
    assert is_well_known(password)


@pytest.mark.parametrize("password", GOOD)
def test_several_words_and_chance_are_taken(password: str) -> None:
    assert not is_well_known(password)
    assert not personal_number_in(password)


@pytest.mark.parametrize(
    ("password", "held"),
    [
        ("Wei-13912345678", True),
        ("A-91420281MA4950EY5X", False),
        ("x-91350100M000100Y43!", True),
        ("Xx-11010519491231002X", True),
        ("Correct-2281-horse", False),
    ],
)
def test_numbers_that_others_know_are_refused(password: str, held: bool) -> None:
    assert personal_number_in(password) is held


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("Sh1fan-Lampe-7", "shifan"),
        ("$hifanLampe7", "shifan"),
        ("示范区-Lampe-7", "示范"),
        ("Lampe-7-Mond", ""),
    ],
)
def test_words_of_the_place_are_found_in_disguise(password: str, word: str) -> None:
    assert word_in(password, ["shifan", "示范", "abc"]) == word


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Shifan-Lampe-7", "place"),
        ("Lampe-jingkai-7", "place"),
        ("Lampe-7-李受理", "place"),
        ("LampeLiShouli7", "place"),
        ("Lampe7-Development", "place"),
        ("Lampe-13912345678", "number"),
        ("Password2026!", "well_known"),
        ("Lampe-7-Mond-kalt", ""),
    ],
)
def test_a_new_password_is_held_against_all_of_them(cast: Cast, password: str, code: str) -> None:
    try:
        validate_password(password, login_of(cast.clerk))
        found: set[str] = set()
    except ValidationError as error:
        found = {str(one.code) for one in error.error_list}
    assert (code in found) if code else not found


def test_a_list_of_breached_passwords_is_searched_where_it_lies(tmp_path: Path) -> None:
    words = [f"word-{number}" for number in range(500)]
    hashes = sorted(hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words)
    path = tmp_path / "breached.txt"
    path.write_text("".join(f"{one}:{len(one)}\r\n" for one in hashes), encoding="ascii")
    assert all(is_breached(word, path) for word in words)
    assert not any(is_breached(f"other-{number}", path) for number in range(500))
    assert not is_breached("word-1", None)
    path.write_text("", encoding="ascii")
    assert not is_breached("word-1", path)
