"""The only reader of the process environment: every setting of an installation, typed and checked once.

A wrong value stops the program at its start and names the variable. Secrets that an installation makes for
itself (keys, passwords) are files of mode 0600 in the folder `secrets` of the data folder.
"""

from __future__ import annotations

import os
import secrets as random_secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jingkai.config.addresses import DatabaseAddress, parse_database_url
from jingkai.config.variables import (
    BadEnvironment,
    ServerAddress,
    bucket,
    choice,
    flag,
    hosts_of,
    language,
    networks,
    number,
    path,
    refuse_plain_line,
    scanner,
    server,
    words,
)

PROJECT = Path(__file__).resolve().parents[2]
MARKER = ".jingkai-home"

OWNER_ROLE = "jingkai_owner"
"""The role that owns the tables: only migrations run under it."""
APP_ROLE = "jingkai_app"
"""The role of the product: on the tables of the trail it may only insert and read."""
ADMIN_ROLE = "postgres"
"""The superuser of the embedded server: it makes roles and databases, nothing else."""
DATABASE_NAME = "jingkai"

PATIENCE_WITH_A_REPLICA: Mapping[str, str] = {
    "connect_timeout": "2",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "options": "-c default_transaction_read_only=on",
    "tcp_user_timeout": "5000",
}
"""How a replica is asked, unless its address says otherwise."""


@dataclass(frozen=True, slots=True)
class Environment:
    """All that an installation may choose; see docs/how-to/install.md for the words to an operator."""

    home: Path
    host: str
    port: int
    debug: bool
    demo: bool
    base_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    database_url: str
    database_owner_url: str
    database_replica_url: str
    replica_lag: int
    database_as_owner: bool
    collected_static: bool
    workers: int
    threads: int
    connections: int
    log_level: str
    log_format: str
    metrics_token: str
    instance: str
    metrics_folder: Path | None
    language: str
    mail: ServerAddress | None
    mail_from: str
    sms_endpoint: str
    sms_key_id: str
    sms_key_secret: str
    sms_sign_name: str
    alert_mail: tuple[str, ...]
    alert_phones: tuple[str, ...]
    licences_url: str
    licences_key: str
    licences_secret: str
    seals_url: str
    seals_key: str
    seals_secret: str
    todo_url: str
    todo_key: str
    todo_secret: str
    hall_url: str
    hall_key: str
    hall_secret: str
    projects_url: str
    projects_key: str
    projects_secret: str
    hotline_url: str
    hotline_key: str
    hotline_secret: str
    hall_by_hand: bool
    unified_login_url: str
    unified_login_secret: str
    files_url: str
    files_key: str
    files_secret: str
    files_cache: int
    traces_url: str
    scanner_url: str
    fonts_folder: Path | None
    breached_passwords: Path | None
    key_days: int
    authorities_folder: Path | None
    checkpoints_copy_folder: Path | None
    backup_folder: Path | None
    backup_hook: str
    database_backup_url: str

    @property
    def secrets(self) -> Path:
        """The folder of keys and passwords, readable by this installation's user only."""
        return self.home / "secrets"

    @property
    def embedded(self) -> bool:
        """Whether the installation uses the embedded PostgreSQL, because no DATABASE_URL is given."""
        return not self.database_url


@cache
def environment() -> Environment:
    """Read the environment of this process, once."""
    return read(os.environ)


def sudo_user() -> str:
    """Who stands behind `sudo`, where somebody does."""
    return os.environ.get("SUDO_USER", "")


def read(variables: Mapping[str, str]) -> Environment:
    """Read and check all variables; raises BadEnvironment with the name of the first wrong one."""
    home = Path(variables.get("JINGKAI_HOME") or PROJECT / ".jingkai").expanduser().absolute()
    port = number(variables, "PORT", 8000, 1, 65535)
    base_url = (variables.get("JINGKAI_BASE_URL") or f"http://localhost:{port}").rstrip("/")
    if urlsplit(base_url).scheme not in {"http", "https"}:
        raise BadEnvironment("JINGKAI_BASE_URL", f"“{base_url}” does not start with http:// or https://")
    role = variables.get("JINGKAI_DATABASE_ROLE", "app")
    if role not in {"app", "owner"}:
        raise BadEnvironment("JINGKAI_DATABASE_ROLE", f"“{role}” is neither app nor owner")
    return Environment(
        home=home,
        host=variables.get("JINGKAI_HOST", "").strip() or "127.0.0.1",
        port=port,
        debug=flag(variables, "JINGKAI_DEBUG"),
        demo=flag(variables, "JINGKAI_DEMO"),
        base_url=base_url,
        allowed_hosts=words(variables, "JINGKAI_ALLOWED_HOSTS") or hosts_of(base_url),
        trusted_proxies=networks(variables, "JINGKAI_TRUSTED_PROXIES"),
        database_url=_database_url(variables, "DATABASE_URL"),
        database_owner_url=_database_url(variables, "DATABASE_OWNER_URL"),
        database_replica_url=_database_url(variables, "DATABASE_REPLICA_URL"),
        replica_lag=number(variables, "JINGKAI_REPLICA_LAG", 10, 2, 600),
        database_as_owner=role == "owner",
        collected_static=flag(variables, "JINGKAI_COLLECTED_STATIC"),
        workers=number(variables, "JINGKAI_WORKERS", os.cpu_count() or 1, 1, 256),
        threads=number(variables, "JINGKAI_THREADS", 32, 1, 1024),
        connections=number(variables, "JINGKAI_CONNECTIONS", 0, 0, 1024),
        log_level=variables.get("JINGKAI_LOG_LEVEL", "INFO").upper(),
        log_format=choice(variables, "JINGKAI_LOG_FORMAT", ("json", "console")),
        metrics_token=variables.get("JINGKAI_METRICS_TOKEN", ""),
        instance=variables.get("JINGKAI_INSTANCE", ""),
        metrics_folder=path(variables, "PROMETHEUS_MULTIPROC_DIR"),
        language=language(variables),
        mail=server(variables, "JINGKAI_MAIL_URL", {"smtp": 25, "smtps": 465, "smtp+starttls": 587}),
        mail_from=variables.get("JINGKAI_MAIL_FROM", "jingkai@localhost"),
        sms_endpoint=variables.get("JINGKAI_SMS_ENDPOINT", "").rstrip("/"),
        sms_key_id=variables.get("JINGKAI_SMS_KEY_ID", ""),
        sms_key_secret=variables.get("JINGKAI_SMS_KEY_SECRET", ""),
        sms_sign_name=variables.get("JINGKAI_SMS_SIGN_NAME", ""),
        alert_mail=words(variables, "JINGKAI_ALERT_MAIL"),
        alert_phones=words(variables, "JINGKAI_ALERT_PHONES"),
        licences_url=variables.get("JINGKAI_LICENCES_URL", "").rstrip("/"),
        licences_key=variables.get("JINGKAI_LICENCES_KEY", ""),
        licences_secret=variables.get("JINGKAI_LICENCES_SECRET", ""),
        seals_url=variables.get("JINGKAI_SEALS_URL", "").rstrip("/"),
        seals_key=variables.get("JINGKAI_SEALS_KEY", ""),
        seals_secret=variables.get("JINGKAI_SEALS_SECRET", ""),
        todo_url=variables.get("JINGKAI_TODO_URL", "").rstrip("/"),
        todo_key=variables.get("JINGKAI_TODO_KEY", ""),
        todo_secret=variables.get("JINGKAI_TODO_SECRET", ""),
        hall_url=variables.get("JINGKAI_HALL_URL", "").rstrip("/"),
        hall_key=variables.get("JINGKAI_HALL_KEY", ""),
        hall_secret=variables.get("JINGKAI_HALL_SECRET", ""),
        projects_url=variables.get("JINGKAI_PROJECTS_URL", "").rstrip("/"),
        projects_key=variables.get("JINGKAI_PROJECTS_KEY", ""),
        projects_secret=variables.get("JINGKAI_PROJECTS_SECRET", ""),
        hotline_url=variables.get("JINGKAI_HOTLINE_URL", "").rstrip("/"),
        hotline_key=variables.get("JINGKAI_HOTLINE_KEY", ""),
        hotline_secret=variables.get("JINGKAI_HOTLINE_SECRET", ""),
        hall_by_hand=flag(variables, "JINGKAI_HALL_BY_HAND"),
        unified_login_url=variables.get("JINGKAI_UNIFIED_LOGIN_URL", "").rstrip("/"),
        unified_login_secret=variables.get("JINGKAI_UNIFIED_LOGIN_SECRET", ""),
        files_url=bucket(variables, "JINGKAI_FILES_URL"),
        files_key=variables.get("JINGKAI_FILES_KEY", ""),
        files_secret=variables.get("JINGKAI_FILES_SECRET", ""),
        files_cache=number(variables, "JINGKAI_FILES_CACHE_MB", 2048, 0, 1024 * 1024),
        traces_url=variables.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/"),
        scanner_url=scanner(variables, "JINGKAI_SCANNER_URL"),
        fonts_folder=path(variables, "JINGKAI_FONTS_FOLDER"),
        breached_passwords=path(variables, "JINGKAI_BREACHED_PASSWORDS", "file"),
        key_days=number(variables, "JINGKAI_KEY_DAYS", 730, 0, 36500),
        authorities_folder=path(variables, "JINGKAI_AUTHORITIES_FOLDER"),
        checkpoints_copy_folder=path(variables, "JINGKAI_CHECKPOINTS_COPY_FOLDER"),
        backup_folder=path(variables, "JINGKAI_BACKUP_FOLDER"),
        backup_hook=variables.get("JINGKAI_BACKUP_HOOK", "").strip(),
        database_backup_url=_database_url(variables, "DATABASE_BACKUP_URL"),
    )


def database_address(settings: Environment, *, owner: bool | None = None) -> DatabaseAddress:
    """The database of this installation, as the product's role or, for migrations, as the owner."""
    as_owner = settings.database_as_owner if owner is None else owner
    if settings.embedded:
        return embedded_address(settings.home, user=OWNER_ROLE if as_owner else APP_ROLE)
    if as_owner and settings.database_owner_url:
        return parse_database_url("DATABASE_OWNER_URL", settings.database_owner_url)
    return parse_database_url("DATABASE_URL", settings.database_url)


def replica_address(settings: Environment) -> DatabaseAddress | None:
    """The streaming replica that boards, statistics and long lists may read; None where there is none.

    Every session there is read-only, and one that hangs is given up within seconds.
    """
    if not settings.database_replica_url:
        return None
    found = parse_database_url("DATABASE_REPLICA_URL", settings.database_replica_url)
    return replace(found, options=tuple(sorted({**PATIENCE_WITH_A_REPLICA, **dict(found.options)}.items())))


def embedded_address(home: Path, *, user: str, name: str = DATABASE_NAME) -> DatabaseAddress:
    """The address of the embedded server of a data folder, whether it runs or not."""
    password = read_secret(home / "secrets", f"database-{user}")
    return DatabaseAddress(name, user, password, str(socket_folder(home)), 5432)


def socket_folder(home: Path) -> Path:
    """Where the embedded server listens: beside its data, or a short path when that one is too long.

    A socket's path may not exceed 107 bytes.
    """
    from hashlib import sha256

    beside = (home / "postgres").resolve() / "socket"
    if len(os.fsencode(beside)) + len("/.s.PGSQL.5432.lock") <= 107:
        return beside
    return Path(tempfile.gettempdir()) / f"jingkai-{sha256(os.fsencode(home)).hexdigest()[:16]}"


def read_secret(folder: Path, name: str) -> str:
    """The secret of this name, empty when it has not been made yet."""
    try:
        return (folder / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def ensure_secret(folder: Path, name: str) -> str:
    """The secret of this name, made at random on first use; two processes at once get the same one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{random_secrets.token_hex(8)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(random_secrets.token_urlsafe(36))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read_secret(folder, name)


def secret_key(settings: Environment) -> str:
    """The key that signs sessions and links: kept in the data folder, or a passing one before that exists."""
    if (settings.home / MARKER).exists():
        return ensure_secret(settings.secrets, "secret-key")
    return random_secrets.token_urlsafe(48)


def _database_url(variables: Mapping[str, str], name: str) -> str:
    url = variables.get(name, "").strip()
    if url:
        found, allowed = parse_database_url(name, url), flag(variables, "JINGKAI_DATABASE_PLAIN")
        refuse_plain_line(name, found.host.split(","), dict(found.options), allowed=allowed)
    return url
