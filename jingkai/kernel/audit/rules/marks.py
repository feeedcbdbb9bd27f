"""Salted hashes: how personal data may stand in the trail.

The salt is made once per installation and kept outside the database, so that a copy of the database alone
cannot be searched for a name or a number (个人信息保护法 51: de-identification).
"""

from __future__ import annotations

import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jingkai.kernel.hooks.api import write_once


def mark(value: str) -> str:
    """Give the salted hash of a name, number or address; the same value gives the same mark."""
    if not value:
        return ""
    salt = _salt(Path(settings.SECRETS_FOLDER) / "trail-salt")
    return hmac.new(salt, value.encode("utf-8", "replace"), "sm3").hexdigest()


@lru_cache(maxsize=8)
def _salt(path: Path) -> bytes:
    if not path.exists():
        write_once(path, secrets.token_bytes(32))
    return path.read_bytes()
