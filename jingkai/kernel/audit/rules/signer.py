"""The key that signs checkpoints: Ed25519, outside the database, encrypted with a passphrase.

The folder `keys` of the data folder holds the private key (`trail.pem`) and every public key that ever signed
(`trail-<fingerprint>.pub`); the passphrase lies among the secrets. To change the key, move `trail.pem` away:
the next checkpoint makes a new one, and the old public key goes on proving the old checkpoints.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from jingkai.kernel.hooks.api import write_once

PRIVATE = "trail.pem"
PASSPHRASE = "trail-passphrase"  # noqa: S105 - the name of a file


def sign(message: bytes) -> tuple[str, str]:
    """Sign a message; gives the key's fingerprint and the signature in base64."""
    key = _private_key()
    return fingerprint_of(key.public_key()), base64.b64encode(key.sign(message)).decode()


def is_signed(message: bytes, *, key: str, signature: str) -> bool:
    """Say whether this signature of this message was made with the installation's key of that fingerprint."""
    public = public_key(key)
    if public is None:
        return False
    try:
        public.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key(fingerprint: str) -> Ed25519PublicKey | None:
    """Load the public key of a fingerprint; None when it is missing or not the key that its name says."""
    if not fingerprint.isalnum():
        return None
    try:
        return _public_key(keys_folder() / f"trail-{fingerprint}.pub", fingerprint)
    except (OSError, ValueError):
        return None


def public_pem(fingerprint: str) -> str:
    """Give the public key of a fingerprint as others read it; empty when it is missing."""
    key = public_key(fingerprint)
    if key is None:
        return ""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """Give the first 32 digits of the SM3 of a public key."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.new("sm3", raw).hexdigest()[:32]


def keys_folder() -> Path:
    """Give the folder of the installation's keys, readable by its owner only, made if it is not there."""
    folder = Path(settings.HOME) / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _private_key() -> Ed25519PrivateKey:
    path = keys_folder() / PRIVATE
    if not path.exists():
        _make_key(path)
    return _open_key(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _open_key(path: Path, _changed: int) -> Ed25519PrivateKey:
    """Open the key once per process: its passphrase is stretched on purpose."""
    key = serialization.load_pem_private_key(path.read_bytes(), passphrase())
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return key


def _make_key(path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    wrapped = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase()),
    )
    public = key.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_once(path.with_name(f"trail-{fingerprint_of(public)}.pub"), pem)
    write_once(path, wrapped)


def passphrase() -> bytes:
    """Give what locks the trail's keys: random, made on first use, among the secrets."""
    path = Path(settings.SECRETS_FOLDER) / PASSPHRASE
    if not path.exists():
        write_once(path, secrets.token_urlsafe(36).encode())
    return path.read_bytes().strip()


@lru_cache(maxsize=16)
def _public_key(path: Path, fingerprint: str) -> Ed25519PublicKey:
    """Read a key once per process; one that is missing may still come, so that is not remembered."""
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey) or fingerprint_of(key) != fingerprint:
        raise ValueError(f"{path} is not the key that its name says")
    return key
