"""The allow-list of hosts outside, kept as effective-dated rules, and how an address is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from jingkai.kernel.exchange.data import PURPOSES, CallRefused, Target
from jingkai.kernel.rules.data import RuleField, RuleKind

KIND = "egress"
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\<>\"`{}|^]")
PORTS = {"http": 80, "https": 443}

PURPOSE_WORDS = {
    "sms": _("text messages"),
    "licences": _("electronic licences"),
    "seals": _("state seal service"),
    "todo": _("to-do centre"),
    "webhook": _("webhooks"),
    "login": _("unified log-in"),
    "hall": _("provincial service platform"),
    "projects": _("project codes"),
    "hotline": _("12345 work orders"),
    "other": _("other"),
}


def _faults(value: Mapping[str, Any]) -> Iterator[Any]:
    if not HOST.fullmatch(str(value.get("host", ""))) and not _is_literal(str(value.get("host", ""))):
        yield _("The host is a name such as api.example.gov.cn, in small letters, without https:// and path.")
    if not value.get("purposes"):
        yield _("Say what this host is called for.")


def _is_literal(host: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(host)
    except ValueError:
        return False
    return True


EGRESS_RULE = RuleKind(
    code=KIND,
    name="对外调用名单",
    name_en="Hosts that may be called",
    fields=(
        RuleField(name="host", label=_("Host"), type="text"),
        RuleField(name="port", label=_("Port"), type="integer", minimum=1, maximum=65535),
        RuleField(
            name="purposes",
            label=_("Called for"),
            type="choices",
            options=tuple((code, PURPOSE_WORDS[code]) for code in PURPOSES),
        ),
        RuleField(
            name="internal",
            label=_("Stands inside the government network"),
            type="boolean",
            required=False,
            help=_("Only then may its name lead to a private address."),
        ),
        RuleField(name="plain_http", label=_("Without encryption"), type="boolean", required=False),
    ),
    validate=_faults,
    example={
        "host": "api.example.gov.cn",
        "port": 443,
        "purposes": ["hall"],
        "internal": False,
        "plain_http": False,
    },
    note=_("Nothing else is ever called. Addresses named in the environment of the installation are added."),
)


def target_of(value: Mapping[str, Any]) -> Target:
    """Read one entry of the list."""
    return Target(
        host=str(value["host"]).lower(),
        port=int(value["port"]),
        purposes=frozenset(value["purposes"]),
        internal=bool(value.get("internal")),
        plain_http=bool(value.get("plain_http")),
    )


def read_url(url: str) -> tuple[str, str, int, str]:
    """Split an address into scheme, host, port and the rest. Error: CallRefused.

    Read strictly: what two readers could take for different hosts is no address.
    """
    if FORBIDDEN.search(url) or len(url) > 2000:
        raise CallRefused("bad-address", "the address holds characters that no address holds")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CallRefused("bad-address", str(error)) from error
    if parts.scheme not in PORTS:
        raise CallRefused("bad-scheme", parts.scheme or "none")
    if "@" in parts.netloc or not parts.hostname or "%" in parts.netloc:
        raise CallRefused("bad-address", "user names and escapes have no place in a host")
    try:
        host = parts.hostname.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError as error:
        raise CallRefused("bad-address", "the host cannot be read") from error
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, PORTS[parts.scheme] if port is None else port, rest
