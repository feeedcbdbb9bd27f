"""Which authorities a host outside must be certified by.

The system's own list and that of certifi, unless the operator pins one: a file `HOST.pem` in the folder
JINGKAI_AUTHORITIES_FOLDER holds the only certificates that are believed for that host. A file that cannot be
read stops calls to its host instead of falling back to the world.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jingkai.kernel.exchange.data import CallRefused


def tls_for(host: str) -> ssl.SSLContext:
    """Give the settings with which a host is spoken to encrypted: TLS 1.2 or newer. Error: CallRefused."""
    pinned = pinned_file(host)
    if pinned is None:
        return _believing_the_world()
    try:
        return _believing(pinned, pinned.stat().st_mtime_ns)
    except (OSError, ssl.SSLError) as error:
        raise CallRefused("bad-authority", f"{pinned}: {error}") from error


def pinned_file(host: str) -> Path | None:
    """The file with the authorities of one host, where the operator has laid one down."""
    folder = settings.AUTHORITIES_FOLDER
    found = Path(folder) / f"{host.lower()}.pem" if folder and "/" not in host else None
    return found if found is not None and found.exists() else None


@lru_cache(maxsize=1)
def _believing_the_world() -> ssl.SSLContext:
    """The system's own list of authorities, and that of certifi beside it (a bare machine has none)."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@lru_cache(maxsize=32)
def _believing(file: Path, _changed: int) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
