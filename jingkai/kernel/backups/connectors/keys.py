"""The archive of keys: encrypted for a certificate whose key is kept away from the machine (RFC 5652).

The certificate lies in the installation, its private key with the people who restore. An unattended backup
can thus lock the archive, and whoever steals backups or the machine's disk of backups cannot open it.
`openssl cms -decrypt -inform DER -binary -in keys.cms -inkey recovery.pem` opens it without this product.
"""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7

from jingkai.kernel.backups.connectors.archives import extract
from jingkai.kernel.backups.data import KEYS, BackupFailed, Home

PARTS = ("secrets", "keys")
BITS = 3072
YEARS = 30


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
    wrapped = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    return wrapped + certificate, certificate


def pack(home: Home) -> bytes:
    """Put secrets and keys into one archive in memory; it never touches a disk in the clear."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, folder in zip(PARTS, (home.secrets, home.keys), strict=True):
            if folder.is_dir():
                archive.add(folder, name)
    return buffer.getvalue()


def lock(archive: bytes, certificate: bytes) -> bytes:
    """Encrypt an archive for the holder of the recovery key (AES-256, key wrapped by RSA)."""
    return (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(archive)
        .add_recipient(x509.load_pem_x509_certificate(certificate))
        .set_content_encryption_algorithm(algorithms.AES256)
        .encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )


def unlock(locked: bytes, recovery: bytes, passphrase: str) -> bytes:
    """Open an archive; raises BackupFailed when key or passphrase are not the right ones."""
    try:
        key = serialization.load_pem_private_key(recovery, passphrase.encode())
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("no RSA key")
        certificate = x509.load_pem_x509_certificate(recovery)
        return pkcs7.pkcs7_decrypt_der(locked, certificate, key, [])
    except (ValueError, TypeError) as error:
        raise BackupFailed(
            f"The recovery key does not open {KEYS}: {error}",
            "Is it this installation's, the passphrase right?",
        ) from error


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
