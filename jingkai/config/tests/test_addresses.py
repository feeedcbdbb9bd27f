"""Addresses of databases: one server and several, socket folders, and what is no address."""

from __future__ import annotations

import pytest

from jingkai.config.addresses import parse_database_url
from jingkai.config.variables import BadEnvironment


def test_database_url_with_options_and_a_socket_folder() -> None:
    plain = parse_database_url("X", "postgresql://u:p%40@db:6432/zone?sslmode=require")
    assert (plain.host, plain.port, plain.name, plain.password) == ("db", 6432, "zone", "p@")
    assert plain.options == (("sslmode", "require"),)
    by_socket = parse_database_url("X", "postgresql://u:p@/zone?host=%2Frun%2Fpg&port=5433")
    assert (by_socket.host, by_socket.port, by_socket.options) == ("/run/pg", 5433, ())


def test_database_url_of_several_servers() -> None:
    found = parse_database_url(
        "X", "postgresql://u:p%2C@db1:5432,db2:6432,[::1]/zone?target_session_attrs=read-write"
    )
    assert (found.host, found.port, found.password) == ("db1,db2,::1", "5432,6432,5432", "p,")
    assert found.as_django()["PORT"] == "5432,6432,5432"
    assert parse_database_url("X", "postgresql://u@db1,db2:5432/zone").port == 5432
    folders = parse_database_url("X", "postgresql://u:p@/zone?host=/run/a,/run/b&port=5432,5433")
    assert (folders.host, folders.port) == ("/run/a,/run/b", "5432,5433")


def test_database_url_that_is_no_address_is_refused() -> None:
    with pytest.raises(BadEnvironment, match="no address"):
        parse_database_url("X", "postgresql://[u@db/zone")


@pytest.mark.parametrize("server", ["db:x", "db:0", "db1:1,db2:70000", "a,b,c?port=1,2"])
def test_database_url_with_wrong_ports_is_refused(server: str) -> None:
    place, _, query = server.partition("?")
    with pytest.raises(BadEnvironment, match="X"):
        parse_database_url("X", f"postgresql://u@{place}/zone?{query}")
