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
    read,
    replica_address,
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


def test_a_replica_is_read_only_and_given_up_within_seconds() -> None:
    assert replica_address(read({})) is None
    told = {
        "DATABASE_REPLICA_URL": "postgresql://app@db2/z?connect_timeout=7&sslmode=require",
        "JINGKAI_REPLICA_LAG": "30",
    }
    found = replica_address(read(told))
    assert found is not None
    options = dict(found.options)
    assert options["options"] == "-c default_transaction_read_only=on"
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == ("7", "5000")
    assert read(told).replica_lag == 30
    with pytest.raises(BadEnvironment, match="JINGKAI_REPLICA_LAG"):
        read({"JINGKAI_REPLICA_LAG": "1"})


def test_migrations_use_the_owners_address_where_one_is_given() -> None:
    chosen = read({"DATABASE_URL": "postgresql://app@/z", "DATABASE_OWNER_URL": "postgresql://own@/z"})
    assert database_address(chosen).user == "app"
    assert database_address(chosen, owner=True).user == "own"
    as_owner = read({"DATABASE_URL": "postgresql://app@/z", "JINGKAI_DATABASE_ROLE": "owner"})
    assert database_address(as_owner).user == "app"


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_REPLICA_URL"])
@pytest.mark.parametrize("place", ["db", "10.0.0.7", "[fd00::7]", "localhost,db2", "/z?host=/run/pg,db2"])
def test_a_line_over_the_network_that_may_be_plain_is_refused(name: str, place: str) -> None:
    url = f"postgresql://app@{place}/z" if "/" not in place else f"postgresql://app@{place}"
    with pytest.raises(BadEnvironment, match=f"{name}: the line to .* may be unencrypted"):
        read({name: url})
    with pytest.raises(BadEnvironment, match="unencrypted"):
        read({name: f"{url}{'&' if '?' in url else '?'}sslmode=prefer"})
    read({name: f"{url}{'&' if '?' in url else '?'}sslmode=verify-full"})
    read({name: url, "JINGKAI_DATABASE_PLAIN": "1"})


@pytest.mark.parametrize("place", ["localhost", "127.0.0.1:5433", "[::1]", "", "/z?host=%2Frun%2Fpg"])
def test_a_server_on_this_machine_needs_no_encryption(place: str) -> None:
    url = f"postgresql://app@{place}" if "/" in place else f"postgresql://app@{place}/z"
    assert read({"DATABASE_URL": url}).database_url == url


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
