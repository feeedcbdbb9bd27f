"""Salted hashes: how personal data may stand in the trail.

The salt is made once per installation and kept outside the database, so that a copy of the database alone
cannot be searched for a name or a number (个人信息保护法 51: de-identification).
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def mark(value: str) -> str:
    """Give the salted hash of a name, number or address; the same value gives the same mark."""
    if not value:
        return ""
    return hmac.new(
        _salt(Path(settings.SECRETS_FOLDER) / "trail-salt"), value.encode("utf-8", "replace"), "sm3"
    ).hexdigest()


@lru_cache(maxsize=8)
def _salt(path: Path) -> bytes:
    """Read the salt, making it whole before it gets its name: two first callers agree on one."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.write_bytes(secrets.token_bytes(32))
        draft.chmod(0o600)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
