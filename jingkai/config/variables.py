"""How one variable of the environment is read: typed, checked, refused by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

SETTINGS = ("JINGKAI_", "DATABASE_", "OTEL_EXPORTER_")
"""With these begin the variables by which an operator sets the installation up."""
OTHER_SETTINGS = ("PORT", "PROMETHEUS_MULTIPROC_DIR", "SSL_CERT_FILE", "TZ")
PASSING = ("JINGKAI_DATABASE_ROLE",)
"""What the program says to itself."""
ENCRYPTED = ("require", "verify-ca", "verify-full")
"""What PostgreSQL calls a line that is refused rather than unencrypted."""
TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


class BadEnvironment(Exception):
    """A variable of the environment has a value that the program cannot work with."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable, self.reason = variable, reason


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A network service that we call: host, port and, where it asks for them, user and password."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = ""


def of_the_operator(variables: Mapping[str, str]) -> dict[str, str]:
    """Give the variables by which the operator sets the installation up, without those of the machine."""
    return {
        name: value
        for name, value in variables.items()
        if (name.startswith(SETTINGS) or name in OTHER_SETTINGS) and name not in PASSING
    }


def flag(variables: Mapping[str, str], name: str) -> bool:
    """Read 1 or 0; nothing is 0."""
    value = variables.get(name, "").strip().lower()
    if value not in TRUE | FALSE:
        raise BadEnvironment(name, f"“{value}” is neither 1 nor 0")
    return value in TRUE


def number(variables: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Read a whole number within bounds."""
    text = variables.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadEnvironment(name, f"“{text}” is not a whole number from {low} to {high}")
    return int(text)


def choice(variables: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """Read one of several words; the first where nothing is said."""
    value = variables.get(name, "").strip().lower() or choices[0]
    if value not in choices:
        raise BadEnvironment(name, f"“{value}” is none of {', '.join(choices)}")
    return value


def language(variables: Mapping[str, str]) -> str:
    """The language of the terminal: Chinese where the machine speaks it, else English."""
    told = next((variables[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if variables.get(name)), "")
    return "zh-hans" if told.lower().startswith("zh") else "en"


def path(variables: Mapping[str, str], name: str, what: str = "folder") -> Path | None:
    """Read a folder or a file that must be there; nothing is none."""
    text = variables.get(name, "").strip()
    found = Path(text)
    if text and not (found.is_file() if what == "file" else found.is_dir()):
        raise BadEnvironment(name, f"the {what} {text} does not exist")
    return found if text else None


def words(variables: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Read words between spaces or commas."""
    return tuple(word for word in variables.get(name, "").replace(",", " ").split() if word)


def networks(variables: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Read network addresses."""
    for word in words(variables, name):
        try:
            ip_network(word, strict=False)
        except ValueError as error:
            raise BadEnvironment(name, f"“{word}” is no network address such as 10.0.0.0/8") from error
    return words(variables, name)


def hosts_of(base_url: str) -> tuple[str, ...]:
    """Give the host names under which an installation with this address answers."""
    return tuple(
        dict.fromkeys(["localhost", "127.0.0.1", "[::1]", urlsplit(base_url).hostname or "localhost"])
    )


def refuse_plain_line(name: str, hosts: Iterable[str], options: Mapping[str, str], *, allowed: bool) -> None:
    """Refuse a database over the network whose line nothing says to be encrypted, unless that is allowed."""
    encrypted = options.get("sslmode") in ENCRYPTED or options.get("gssencmode") == "require"
    far = [host for host in hosts if not _is_here(host)]
    if far and not (encrypted or allowed):
        raise BadEnvironment(
            name,
            f"the line to {far[0]} may be unencrypted: add sslmode=verify-full&sslrootcert=…, or set"
            " JINGKAI_DATABASE_PLAIN=1 where nobody else can listen on that network",
        )


def _is_here(host: str) -> bool:
    """Whether a server is on this machine: a socket folder, or a number or name of the machine itself."""
    if host.startswith(("/", "@")) or host in {"", "localhost"}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def bucket(variables: Mapping[str, str], name: str) -> str:
    """The address of a bucket: `https://host/bucket[/prefix][?region=…][&bucket=host]`."""
    url = variables.get(name, "").strip()
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    named = parts.path.strip("/") or options.get("bucket") == "host"
    right = parts.scheme in {"http", "https"} and parts.hostname and named and not parts.username
    if url and not (right and re.fullmatch(r"[\w./-]*", parts.path) and set(options) <= {"region", "bucket"}):
        raise BadEnvironment(name, "expected https://host/bucket or https://host/bucket/prefix?region=…")
    return url


def scanner(variables: Mapping[str, str], name: str) -> str:
    """Read the address of a virus scanner."""
    url = variables.get(name, "").strip()
    parts = urlsplit(url)
    right = (parts.scheme == "unix" and parts.path) or (parts.scheme == "tcp" and parts.hostname)
    if url and not right:
        raise BadEnvironment(name, "expected unix:///run/clamav/clamd.ctl or tcp://host:3310")
    return url


def server(variables: Mapping[str, str], name: str, schemes: Mapping[str, int]) -> ServerAddress | None:
    """Read the address of a server, one of these schemes with their usual ports."""
    url = variables.get(name, "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise BadEnvironment(name, f"expected {'|'.join(schemes)}://host:port")
    tls = {"smtps": "tls", "smtp+starttls": "starttls"}.get(parts.scheme, "")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return ServerAddress(parts.hostname, parts.port or schemes[parts.scheme], user, password, tls)
