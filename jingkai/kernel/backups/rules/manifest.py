"""The manifest of a backup: written in one way only, sealed with the key of the trail.

A byte that is flipped anywhere in it makes it unreadable, written in another way, or wrongly signed.
"""

from __future__ import annotations

import base64
import json
from dataclasses import astuple
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from jingkai.kernel.audit import api as audit
from jingkai.kernel.backups.data import MANIFEST, BackupRefused, Entry, Manifest

FORMAT = 1


def sealed(about: dict[str, Any], entries: tuple[Entry, ...]) -> Manifest:
    """Sign what is said and listed with the key that signs the trail."""
    bare = Manifest({"format": FORMAT, **about}, entries)
    key, signature = audit.sign(_body(bare))
    return Manifest(
        bare.about, entries, {"key": key, "public": audit.public_pem(key), "signature": signature}
    )


def written(manifest: Manifest) -> bytes:
    """The bytes of a manifest's file."""
    return _lines({**_plain(manifest), "seal": dict(manifest.seal)})


def read(content: bytes) -> Manifest:
    """Read a manifest; raises BackupRefused when it is not exactly what was written."""
    try:
        given = json.loads(content)
        manifest = Manifest(
            given["about"],
            tuple(Entry(str(p), int(s), str(d)) for p, s, d in given["entries"]),
            given["seal"],
        )
        whole = written(manifest) == content and _is_signed(manifest)
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm) as error:
        raise BackupRefused(MANIFEST, "it cannot be read") from error
    if not whole:
        raise BackupRefused(MANIFEST, "it was altered: its signature does not hold")
    if manifest.about.get("format") != FORMAT:
        raise BackupRefused(MANIFEST, "it was written by another release of the product")
    return manifest


def _is_signed(manifest: Manifest) -> bool:
    """The seal holds, and is itself written in the one way: base64 has bits that nobody reads."""
    public = load_pem_public_key(manifest.seal["public"].encode())
    if not isinstance(public, Ed25519PublicKey) or audit.fingerprint_of(public) != manifest.seal["key"]:
        return False
    signature = base64.b64decode(manifest.seal["signature"], validate=True)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    if (pem, base64.b64encode(signature).decode()) != (manifest.seal["public"], manifest.seal["signature"]):
        return False
    try:
        public.verify(signature, _body(manifest))
    except InvalidSignature:
        return False
    return True


def _body(manifest: Manifest) -> bytes:
    return _lines(_plain(manifest))


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {"about": dict(manifest.about), "entries": [list(astuple(entry)) for entry in manifest.entries]}


def _lines(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=0).encode()
