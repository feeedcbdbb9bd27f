"""The archive of keys: encrypted for a certificate whose key is kept away from the machine (RFC 5652).

The certificate lies in the installation, its private key with the people who restore. An unattended backup
can thus lock the archive, and whoever steals backups or the machine's disk of backups cannot open it.
`openssl cms -decrypt -inform DER -binary -in keys.cms -inkey recovery.pem` opens it without this product.
"""

from __future__ import annotations

import io
import secrets
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import pkcs7

from jingkai.kernel.backups.connectors.archives import extract
from jingkai.kernel.backups.data import KEYS, BackupFailed, Home

PARTS = ("secrets", "keys")
BITS = 3072
YEARS = 30
ROUNDS = 1_000_000
"""Rounds of PBKDF2-HMAC-SHA-256 before a passphrase opens the recovery key; about a third of a second."""
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
_OAEP_TOLD = {
    "hash_algorithm": {"algorithm": "sha256"},
    "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
}


def make_recovery_key(passphrase: str, *, at: datetime) -> tuple[bytes, bytes]:
    """Make a key for restoring: (what people keep, encrypted with the passphrase; the certificate)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Jingkai recovery")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at.astimezone(UTC) - timedelta(days=1))
        .not_valid_after(at.astimezone(UTC) + timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    return _locked_key(key, passphrase.encode()) + certificate, certificate


def _locked_key(key: rsa.RSAPrivateKey, passphrase: bytes) -> bytes:
    """Write a private key as PKCS #8, locked by a passphrase that people chose: stretched by many rounds."""
    from asn1crypto import algos, keys, pem  # type: ignore[import-untyped]

    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt, start = secrets.token_bytes(16), secrets.token_bytes(16)
    stretched = PBKDF2HMAC(hashes.SHA256(), 32, salt, ROUNDS).derive(passphrase)
    told = algos.Pbkdf2Salt(name="specified", value=salt)
    derivation = {"salt": told, "iteration_count": ROUNDS, "prf": {"algorithm": "sha256"}}
    scheme = {
        "key_derivation_func": {"algorithm": "pbkdf2", "parameters": derivation},
        "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": start},
    }
    locked = keys.EncryptedPrivateKeyInfo(
        {
            "encryption_algorithm": {"algorithm": "pbes2", "parameters": scheme},
            "encrypted_data": _encrypted(plain, stretched, start),
        }
    )
    return bytes(pem.armor("ENCRYPTED PRIVATE KEY", locked.dump()))


def _encrypted(text: bytes, key: bytes, start: bytes) -> bytes:
    """AES-256-CBC with padding, as CMS and PKCS #8 know it; what is whole, the signed manifest tells."""
    filler = PKCS7(128).padder()
    worker = Cipher(algorithms.AES256(key), modes.CBC(start)).encryptor()
    return worker.update(filler.update(text) + filler.finalize()) + worker.finalize()


def pack(home: Home) -> bytes:
    """Put secrets and keys into one archive in memory; it never touches a disk in the clear."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, folder in zip(PARTS, (home.secrets, home.keys), strict=True):
            if folder.is_dir():
                archive.add(folder, name)
    return buffer.getvalue()


def lock(archive: bytes, certificate: bytes) -> bytes:
    """Encrypt an archive for the holder of the recovery key (AES-256, its key wrapped by RSA-OAEP)."""
    from asn1crypto import cms
    from asn1crypto import x509 as forms

    holder = x509.load_pem_x509_certificate(certificate)
    public = holder.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise BackupFailed("The recovery certificate holds no RSA key.")
    known = forms.Certificate.load(holder.public_bytes(serialization.Encoding.DER))
    key, start = secrets.token_bytes(32), secrets.token_bytes(16)
    recipient = cms.KeyTransRecipientInfo(
        {
            "version": "v0",
            "rid": cms.RecipientIdentifier(
                name="issuer_and_serial_number",
                value={"issuer": known.issuer, "serial_number": known.serial_number},
            ),
            "key_encryption_algorithm": {"algorithm": "rsaes_oaep", "parameters": _OAEP_TOLD},
            "encrypted_key": public.encrypt(key, OAEP),
        }
    )
    content = {
        "content_type": "data",
        "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": start},
        "encrypted_content": _encrypted(archive, key, start),
    }
    envelope = {
        "version": "v0",
        "recipient_infos": [cms.RecipientInfo(name="ktri", value=recipient)],
        "encrypted_content_info": content,
    }
    return bytes(cms.ContentInfo({"content_type": "enveloped_data", "content": envelope}).dump())


def unlock(locked: bytes, recovery: bytes, passphrase: str) -> bytes:
    """Open an archive; raises BackupFailed when key or passphrase are not the right ones."""
    try:
        key = serialization.load_pem_private_key(recovery, passphrase.encode())
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("no RSA key")
        if (opened := _opened(locked, key)) is not None:
            return opened
        certificate = x509.load_pem_x509_certificate(recovery)
        return pkcs7.pkcs7_decrypt_der(locked, certificate, key, [])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BackupFailed(
            f"The recovery key does not open {KEYS}: {error}",
            "Is it this installation's, the passphrase right?",
        ) from error


def _opened(locked: bytes, key: rsa.RSAPrivateKey) -> bytes | None:
    """Open what `lock` wrote; None for an archive of an earlier release, wrapped by PKCS #1 v1.5."""
    from asn1crypto import cms

    envelope = cms.ContentInfo.load(locked)["content"]
    recipient = envelope["recipient_infos"][0].chosen
    if recipient["key_encryption_algorithm"]["algorithm"].native != "rsaes_oaep":
        return None
    content = envelope["encrypted_content_info"]
    start = content["content_encryption_algorithm"]["parameters"].native
    worker = Cipher(
        algorithms.AES256(key.decrypt(recipient["encrypted_key"].native, OAEP)), modes.CBC(start)
    ).decryptor()
    filler = PKCS7(128).unpadder()
    plain = worker.update(content["encrypted_content"].native) + worker.finalize()
    return filler.update(plain) + filler.finalize()


def unpack(archive: bytes, home: Path) -> None:
    """Lay secrets and keys into a home; names that lead out of it are refused."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        strangers = [name for name in opened.getnames() if name.split("/")[0] not in PARTS]
        if strangers:
            raise BackupFailed(f"The archive of keys holds something else: {strangers[0]}")
        for member in opened.getmembers():
            extract(opened, member, home)
    for path in (home / part for part in PARTS):
        for one in (path, *path.rglob("*")):
            if one.exists():
                one.chmod(0o700 if one.is_dir() else 0o600)
