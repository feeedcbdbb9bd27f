"""Columns that are unreadable without the installation's key.

Phones and e-mail addresses are personal data: a copied database or backup must not give them away
(GB/T 22239, confidentiality of data). The key file lies outside the database, among the installation's
secrets.
A second key gives the keyed hash by which an exact value is still found.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from jingkai.kernel.hooks.api import write_once

FORMAT = "a1"
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one installation: all that ever encrypted, the one in use, and the one for look-ups."""

    current: str
    keys: dict[str, bytes]
    lookup: bytes


def key_file() -> Path:
    """Where this installation keeps the keys of personal data."""
    return Path(settings.SECRETS_FOLDER) / "personal-data.json"


def create_key_file(path: Path) -> None:
    """Write a new key file readable by its owner only; a file that another process just made is kept."""
    content = json.dumps(
        {
            "current": "1",
            "keys": {"1": base64.b64encode(secrets.token_bytes(32)).decode()},
            "lookup": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
    )
    write_once(path, content.encode())


@lru_cache(maxsize=4)
def read_keys(path: Path) -> KeyRing:
    """Return the keys stored in a file; a damaged file is an error that names it."""
    if not path.exists():
        create_key_file(path)
    try:
        content = json.loads(path.read_text())
        keys = {name: base64.b64decode(value) for name, value in content["keys"].items()}
        ring = KeyRing(current=content["current"], keys=keys, lookup=base64.b64decode(content["lookup"]))
        AESGCM(ring.keys[ring.current])
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"{path}: not a key file of personal data") from error
    return ring


def encrypt(text: str, *, context: str) -> str:
    """Return the text sealed with the key in use; `context` must be the same again to open it."""
    ring = read_keys(key_file())
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(ring.keys[ring.current]).encrypt(nonce, text.encode(), context.encode())
    return f"{FORMAT}:{ring.current}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, context: str) -> str:
    """Open a sealed text; anything altered, moved to another column or under an unknown key is an error."""
    ring = read_keys(key_file())
    try:
        form, name, body = stored.split(":", 2)
        raw = base64.b64decode(body)
        if form != FORMAT:
            raise ValueError(form)
        opened = AESGCM(ring.keys[name]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
    except (ValueError, KeyError, InvalidTag) as error:
        raise ImproperlyConfigured(
            f"{context}: a stored value does not open with the keys in {key_file()}"
        ) from error
    return opened.decode()


def lookup_hash(value: str) -> str:
    """Return the keyed hash by which an exact value is found again; empty stays empty."""
    if not value:
        return ""
    return hmac.new(read_keys(key_file()).lookup, value.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text encrypted (AES-256-GCM) on its way into the database; it cannot be searched or sorted."""

    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt; empty and null are stored as they are."""
        value = super().get_prep_value(value)
        return encrypt(value, context=self._context()) if value else value

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        """Decrypt on the way out."""
        return decrypt(value, context=self._context()) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every comparison but `isnull`: a fresh nonce makes equal texts unequal when stored."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
