"""Addresses of databases: `postgresql://user:password@host:port/name?option=value`, taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from jingkai.config.variables import BadEnvironment

ALIVE: Mapping[str, int] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""What the operating system asks of a line over the network; sockets of this machine need none of it."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a PostgreSQL server answers and as whom we speak to it; `host` may be a socket folder.

    Of several servers, `host` and `port` are lists between commas, as libpq reads them.
    """

    name: str
    user: str
    password: str
    host: str
    port: int | str
    options: tuple[tuple[str, str], ...] = ()

    def as_django(self, shared: int = 0, *, ready: int = 4, patience: int = 10) -> dict[str, object]:
        """The address in the shape of one entry of Django's DATABASES.

        With `shared` the threads of the process share at most so many connections, of which some are kept
        ready, and wait so many seconds for one; else each thread keeps its own.
        """
        told = {"min_size": min(ready, shared), "max_size": shared, "timeout": patience}
        pool = {"pool": told} if shared else {}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": str(self.port),
            "CONN_MAX_AGE": 0 if shared else 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {**ALIVE, **dict(self.options), **pool},
        }

    def as_conninfo(self) -> dict[str, object]:
        """The address as keyword arguments of `psycopg.connect`."""
        return {
            "dbname": self.name,
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
            **dict(self.options),
        }


def parse_database_url(variable: str, url: str) -> DatabaseAddress:
    """Split `postgresql://user:password@host:port/name?option=value`; `?host=` may name a socket folder.

    Several servers stand between commas, `@db1:5432,db2:5432/` or `?host=…,…&port=…,…`: the first that will
    do is taken, with `target_session_attrs=read-write` the one that is the primary now.
    """
    around, servers = _servers_apart(url)
    try:
        parts = urlsplit(around)
    except ValueError as error:
        raise BadEnvironment(variable, f"that is no address: {error}") from error
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadEnvironment(variable, "only postgresql://… addresses are understood")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadEnvironment(variable, "the address names no database (postgresql://user:password@host/NAME)")
    hosts, ports = _servers(servers)
    hosts = options.pop("host", "").split(",") if options.get("host") else hosts
    ports = options.pop("port", "").split(",") if options.get("port") else ports
    if not all(port.isascii() and port.isdigit() and 0 < int(port) < 65536 for port in ports):
        raise BadEnvironment(variable, "the port is not a number from 1 to 65535")
    if len(ports) not in (1, len(hosts)):
        raise BadEnvironment(variable, f"{len(hosts)} servers and {len(ports)} ports do not go together")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    port = int(ports[0]) if len(ports) == 1 else ",".join(ports)
    return DatabaseAddress(name, user, password, ",".join(hosts), port, tuple(sorted(options.items())))


def _servers_apart(url: str) -> tuple[str, str]:
    """Take the servers out of an address: several of them are more than Python's own reader understands."""
    found = re.match(r"([^:/?#]*://(?:[^/?#]*@)?)([^/?#@]*)", url)
    return (found[1] + "servers" + url[found.end() :], found[2]) if found else (url, "")


def _servers(text: str) -> tuple[list[str], list[str]]:
    """Split `host:port,[::1]:port` into hosts and ports."""
    found = [re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", one) for one in text.split(",")]
    hosts = [unquote(one[1].strip("[]")) or "localhost" if one else "" for one in found]
    ports = [(one[2] or "5432") if one else "" for one in found]
    return hosts, ports if len(set(ports)) > 1 else ports[:1]
