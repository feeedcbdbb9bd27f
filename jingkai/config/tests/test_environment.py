"""The environment: typed, and every mistake told with the variable's name."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jingkai.config.environment import (
    BadEnvironment,
    database_address,
    ensure_secret,
    parse_database_url,
    read,
    socket_folder,
)


def test_defaults_serve_a_demo_on_this_machine() -> None:
    chosen = read({})
    assert (chosen.port, chosen.host, chosen.base_url) == (8000, "127.0.0.1", "http://localhost:8000")
    assert chosen.embedded
    assert chosen.threads >= 32
    assert chosen.home.name == ".jingkai"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "８０００"),
        ("JINGKAI_DEBUG", "maybe"),
        ("JINGKAI_BASE_URL", "hall.example.gov.cn"),
        ("JINGKAI_DATABASE_ROLE", "postgres"),
        ("JINGKAI_LOG_FORMAT", "xml"),
        ("JINGKAI_MAIL_URL", "imap://mail"),
        ("JINGKAI_MAIL_URL", "smtp://"),
        ("JINGKAI_FONTS_FOLDER", "/no/such/folder"),
        ("JINGKAI_TRUSTED_PROXIES", "10.0.0.0/99"),
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "postgresql://host"),
        ("DATABASE_URL", "postgresql://host:99999/name"),
        ("DATABASE_OWNER_URL", "sqlite:///x"),
    ],
)
def test_a_wrong_value_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(BadEnvironment) as refusal:
        read({variable: value})
    assert refusal.value.variable == variable
    assert str(refusal.value).startswith(f"{variable}: ")


def test_mail_url_is_taken_apart() -> None:
    mail = read({"JINGKAI_MAIL_URL": "smtp+starttls://us%40er:p%3Ass@mail.example:2587"}).mail
    assert mail is not None
    assert (mail.host, mail.port, mail.user, mail.password) == ("mail.example", 2587, "us@er", "p:ss")
    assert mail.tls == "starttls"


def test_database_url_with_options_and_a_socket_folder() -> None:
    plain = parse_database_url("X", "postgresql://u:p%40@db:6432/zone?sslmode=require")
    assert (plain.host, plain.port, plain.name, plain.password) == ("db", 6432, "zone", "p@")
    assert plain.options == (("sslmode", "require"),)
    by_socket = parse_database_url("X", "postgresql://u:p@/zone?host=%2Frun%2Fpg&port=5433")
    assert (by_socket.host, by_socket.port, by_socket.options) == ("/run/pg", 5433, ())


def test_migrations_use_the_owners_address_where_one_is_given() -> None:
    chosen = read({"DATABASE_URL": "postgresql://app@db/z", "DATABASE_OWNER_URL": "postgresql://own@db/z"})
    assert database_address(chosen).user == "app"
    assert database_address(chosen, owner=True).user == "own"
    as_owner = read({"DATABASE_URL": "postgresql://app@db/z", "JINGKAI_DATABASE_ROLE": "owner"})
    assert database_address(as_owner).user == "app"


def test_secret_is_private_random_and_made_once_by_many(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: ensure_secret(folder, "key"), range(64)))
    assert len(made) == 1
    assert len(made.pop()) >= 40
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["key"]
    assert ensure_secret(folder, "other") != ensure_secret(folder, "key")


@pytest.mark.parametrize("depth", [1, 10, 40])
def test_socket_path_is_never_too_long(depth: int, tmp_path: Path) -> None:
    home = tmp_path.joinpath(*["经开区"] * depth)
    assert len(str(socket_folder(home)).encode()) + len("/.s.PGSQL.5432.lock") <= 107
