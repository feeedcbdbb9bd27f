"""A second signature under checkpoints, by SM2 over SM3 (GB/T 32918), where the operator has made a key.

`jingkai audit sm2-key` makes it. The Ed25519 signature covers which SM2 key signs as well, so a signature
that is taken away is missed. The private key lies in `keys/trail-sm2.key`, locked (AES-256-GCM) by the
passphrase of the trail's key, which is random; every public key that ever signed in
`keys/trail-sm2-<fingerprint>.pub`. The software is no certified product, a file no cryptography machine.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jingkai.kernel.audit.rules.signer import keys_folder, passphrase
from jingkai.kernel.hooks.api import write_once

PRIVATE = "trail-sm2.key"
NONCE_BYTES, PUBLIC_BYTES = 12, 64
CONTEXT = b"jingkai trail sm2"


def make_sm2_key() -> str:
    """Make the key, unless there is one; gives its fingerprint."""
    from gmssl_pyx import sm2_key_generate

    public, private = sm2_key_generate()
    nonce = secrets.token_bytes(NONCE_BYTES)
    locked = nonce + AESGCM(_lock()).encrypt(nonce, private, CONTEXT + public)
    write_once(_public_file(fingerprint_of_sm2(public)), public.hex().encode())
    write_once(keys_folder() / PRIVATE, (public + locked).hex().encode())
    return sm2_key()


def sm2_key() -> str:
    """Give the fingerprint of the key that signs beside the other; empty where there is none."""
    path = keys_folder() / PRIVATE
    return _open(path, path.stat().st_mtime_ns)[0] if path.exists() else ""


def sm2_signature(message: bytes) -> str:
    """Sign a message with the key that `sm2_key` names; base64 of the DER form."""
    from gmssl_pyx import sm2_sign

    path = keys_folder() / PRIVATE
    _name, public, private = _open(path, path.stat().st_mtime_ns)
    return base64.b64encode(sm2_sign(private, public, message)).decode()


def is_sm2_signed(message: bytes, *, key: str, signature: str) -> bool:
    """Say whether the key of that fingerprint made this SM2 signature of this message."""
    from gmssl_pyx import GmsslInnerError, InvalidValueError, sm2_verify

    try:
        public = bytes.fromhex(_public_file(key).read_text()) if key.isalnum() else b""
        known = len(public) == PUBLIC_BYTES and fingerprint_of_sm2(public) == key
        return known and bool(sm2_verify(public, message, base64.b64decode(signature, validate=True)))
    except (OSError, ValueError, GmsslInnerError, InvalidValueError):
        return False


def fingerprint_of_sm2(public: bytes) -> str:
    """Give the first 32 digits of the SM3 of a public key."""
    return hashlib.new("sm3", public).hexdigest()[:32]


def _public_file(fingerprint: str) -> Path:
    return keys_folder() / f"trail-sm2-{fingerprint}.pub"


@lru_cache(maxsize=2)
def _open(path: Path, _changed: int) -> tuple[str, bytes, bytes]:
    """Open the key once per process: fingerprint, public and private half."""
    raw = bytes.fromhex(path.read_text())
    public, nonce = raw[:PUBLIC_BYTES], raw[PUBLIC_BYTES : PUBLIC_BYTES + NONCE_BYTES]
    try:
        private = AESGCM(_lock()).decrypt(nonce, raw[PUBLIC_BYTES + NONCE_BYTES :], CONTEXT + public)
    except InvalidTag as error:
        raise ValueError(f"{path} does not open with the passphrase of the trail") from error
    return fingerprint_of_sm2(public), public, private


def _lock() -> bytes:
    return hashlib.sha256(CONTEXT + passphrase()).digest()
