"""The keys of personal data: which there are, with which algorithm each works, and since when.

They lie in `personal-data.json` among the secrets. AES keys stand under `keys`, SM4 keys under `sm4`: a
release that knows no SM4 finds no current key there and says so, instead of using a key for the wrong
algorithm. The file is read again when it has changed, so a new key counts in every process at once.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from jingkai.kernel.hooks.api import write_once

AES, SM4 = "a1", "s1"
"""The marks of values: AES-256-GCM, and SM4-GCM (GB/T 32907, GB/T 36624)."""
NAMES = {AES: "AES-256-GCM", SM4: "SM4-GCM"}
PARTS = {AES: "keys", SM4: "sm4"}
BYTES = {AES: 32, SM4: 16}
NONCE_BYTES, TAG_BYTES = 12, 16


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its bytes, the mark of its algorithm, when it was made and when another took its place."""

    material: bytes
    cipher: str = AES
    made: datetime | None = None
    left: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one installation: all that ever encrypted, the one in use, and the one for look-ups."""

    current: str
    keys: Mapping[str, Key]
    lookup: bytes

    @property
    def newest(self) -> Key:
        """The key that encrypts."""
        return self.keys[self.current]

    @property
    def prefix(self) -> str:
        """With what every value begins that the key in use encrypted."""
        return f"{self.newest.cipher}:{self.current}:"


def key_file() -> Path:
    """Where this installation keeps the keys of personal data."""
    return Path(settings.SECRETS_FOLDER) / "personal-data.json"


def create_key_file(path: Path) -> None:
    """Write a new key file readable by its owner only; a file that another process just made is kept."""
    ring = KeyRing("1", {"1": Key(secrets.token_bytes(BYTES[AES]))}, secrets.token_bytes(32))
    write_once(path, _written(ring))


def read_keys(path: Path) -> KeyRing:
    """Return the keys stored in a file, as it is now; a damaged file is an error that names it."""
    try:
        found = path.stat()
    except FileNotFoundError:
        create_key_file(path)
        found = path.stat()
    return _read(path, found.st_mtime_ns, found.st_ino)


@contextmanager
def changing(path: Path) -> Iterator[KeyRing]:
    """Give the keys for a change that nobody else makes meanwhile."""
    read_keys(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield read_keys(path)
    finally:
        os.close(handle)


def write_keys(path: Path, ring: KeyRing) -> None:
    """Put other keys in the place of those of a file, all at once; its owner stays the same."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_written(ring))
        file.flush()
        os.fsync(file.fileno())
        with suppress(PermissionError):
            os.fchown(file.fileno(), path.stat().st_uid, path.stat().st_gid)
    draft.replace(path)


def new_key(cipher: str, *, at: datetime) -> Key:
    """Make a key at random for an algorithm."""
    return Key(secrets.token_bytes(BYTES[cipher]), cipher, made=at)


def in_use(ring: KeyRing, name: str, *, at: datetime) -> KeyRing:
    """The same keys with another one in use."""
    keys = dict(ring.keys)
    keys[ring.current] = replace(keys[ring.current], left=at)
    keys[name] = replace(keys[name], left=None)
    return replace(ring, current=name, keys=keys)


def seal(key: Key, text: bytes, *, context: bytes) -> bytes:
    """Encrypt with a fresh nonce, which stands before what comes out."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    if key.cipher == AES:
        return nonce + AESGCM(key.material).encrypt(nonce, text, context)
    worker = Cipher(algorithms.SM4(key.material), modes.GCM(nonce)).encryptor()
    worker.authenticate_additional_data(context)
    return nonce + worker.update(text) + worker.finalize() + worker.tag


def unseal(key: Key, raw: bytes, *, context: bytes) -> bytes:
    """Open what `seal` made; raises InvalidTag when anything in it or the context is another."""
    nonce, body, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES:-TAG_BYTES], raw[-TAG_BYTES:]
    if len(nonce + tag) < NONCE_BYTES + TAG_BYTES:
        raise InvalidTag
    if key.cipher == AES:
        return AESGCM(key.material).decrypt(nonce, body + tag, context)
    worker = Cipher(algorithms.SM4(key.material), modes.GCM(nonce, tag)).decryptor()
    worker.authenticate_additional_data(context)
    return worker.update(body) + worker.finalize()


@lru_cache(maxsize=8)
def _read(path: Path, changed: int, _place: int) -> KeyRing:
    """Read a file; a key whose age it does not tell is as old as the file."""
    since = datetime.fromtimestamp(changed // 1_000_000_000, UTC)
    try:
        content: dict[str, Any] = json.loads(path.read_text())
        about: dict[str, dict[str, str]] = content.get("about", {})
        keys = {
            name: _key(cipher, value, about.get(name, {}), since)
            for cipher, part in PARTS.items()
            for name, value in content.get(part, {}).items()
        }
        ring = KeyRing(content["current"], keys, base64.b64decode(content["lookup"]))
        seal(ring.newest, b"", context=b"")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(f"{path}: not a key file of personal data") from error
    return ring


def _key(cipher: str, value: str, about: Mapping[str, str], since: datetime) -> Key:
    material = base64.b64decode(value)
    if len(material) != BYTES[cipher]:
        raise ValueError("a key of the wrong length")
    return Key(material, cipher, _moment(about.get("made")) or since, _moment(about.get("left")))


def _written(ring: KeyRing) -> bytes:
    content: dict[str, Any] = {"current": ring.current, "keys": {}, "lookup": _text(ring.lookup), "about": {}}
    for name, key in ring.keys.items():
        content.setdefault(PARTS[key.cipher], {})[name] = _text(key.material)
        moments = {"made": key.made, "left": key.left}
        content["about"][name] = {word: one.isoformat() for word, one in moments.items() if one}
    return json.dumps(content).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
