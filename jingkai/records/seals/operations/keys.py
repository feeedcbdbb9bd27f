"""The folder of seal keys: encrypted private keys, their certificates, and the authority that issued them.

It stands in `JINGKAI_HOME/secrets/seals`, outside the database and its backups; the passphrase is a file of
its own. The authority is this installation's: whoever verifies must trust its root. Service results of a real
zone are sealed by the state electronic seal system instead (国务院令 716 号 art. 9).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings

from jingkai.kernel.hooks.api import write_once
from jingkai.records.seals.data import CertificateSubject, SealKeys

KEY_BITS = 3072
AUTHORITY_YEARS = 30
SEAL_YEARS = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class KeyMissing(LookupError):
    """A seal's key file is not in the folder: it must be restored before the seal can be applied."""


class KeyDamaged(KeyMissing):
    """A seal's key no longer signs what its own public half accepts: it must be restored from a backup."""


class FolderKeys:
    """Keys as encrypted PKCS #8 files of mode 0600; a key is loaded for one signature and forgotten."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, key_name: str, subject: CertificateSubject, *, at: datetime) -> bytes:
        """Make a key and have this installation's authority certify it."""
        issuer_key, issuer = self._authority(subject.organisation, demo=subject.demo, at=at)
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        certificate = _certificate(
            key.public_key(),
            _subject_name(subject),
            issuer.subject,
            issuer_key,
            at,
            SEAL_YEARS,
            authority=False,
        )
        if not self._write_key(key_name, key):
            raise FileExistsError(self._path(key_name))
        return certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, key_name: str, content: bytes, *, digest: str) -> bytes:
        """Sign content with a key; what it gives is checked before it leaves.

        A signature by a key that was damaged would betray the key, and its prime numbers are not tested on
        each reading: that takes thirty times as long as to sign.
        """
        key, scheme, used = self._read_key(key_name), padding.PKCS1v15(), _DIGESTS[digest]()
        signature = key.sign(content, scheme, used)
        try:
            key.public_key().verify(signature, content, scheme, used)
        except InvalidSignature as wrong:
            raise KeyDamaged(key_name) from wrong
        return signature

    def issuers(self) -> list[bytes]:
        """Give the root of this installation, and every certificate laid into the folder `trusted`."""
        paths = [self.folder / "authority.pem", *sorted((self.folder / "trusted").glob("*.pem"))]
        found = [x509.load_pem_x509_certificates(path.read_bytes()) for path in paths if path.is_file()]
        return [one.public_bytes(serialization.Encoding.DER) for group in found for one in group]

    def has(self, key_name: str) -> bool:
        """Tell whether a key is here."""
        return self._path(key_name).is_file()

    def _authority(
        self, organisation: str, *, demo: bool, at: datetime
    ) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        path = self.folder / "authority.pem"
        if not path.is_file():
            self._make_authority(path, organisation, demo=demo, at=at)
        return self._read_key("authority"), x509.load_pem_x509_certificate(path.read_bytes())

    def _make_authority(self, path: Path, organisation: str, *, demo: bool, at: datetime) -> None:
        """Make the authority; of two makers the first key stands, and so does one whose maker was killed."""
        if not self.has("authority"):
            self._write_key("authority", rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS))
        key = self._read_key("authority")
        mark = "演示印章根证书" if demo else "内部印章根证书"
        name = _name(f"{organisation}{mark}", organisation)
        certificate = _certificate(key.public_key(), name, name, key, at, AUTHORITY_YEARS, authority=True)
        write_once(path, certificate.public_bytes(serialization.Encoding.PEM))

    def _path(self, key_name: str) -> Path:
        if not _NAME.fullmatch(key_name):
            raise ValueError(f"not a key's name: {key_name!r}")
        return self.folder / f"{key_name}.key"

    def _write_key(self, key_name: str, key: rsa.RSAPrivateKey) -> bool:
        locked = serialization.BestAvailableEncryption(self._passphrase())
        content = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
        return write_once(self._path(key_name), content)

    def _read_key(self, key_name: str) -> rsa.RSAPrivateKey:
        try:
            content = self._path(key_name).read_bytes()
        except FileNotFoundError as missing:
            raise KeyMissing(key_name) from missing
        key = serialization.load_pem_private_key(
            content, self._passphrase(), unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(key, rsa.RSAPrivateKey):
            raise KeyMissing(key_name)
        return key

    def _passphrase(self) -> bytes:
        path = self.folder / "passphrase"
        if not path.is_file():
            write_once(path, secrets.token_urlsafe(36).encode())
        return path.read_bytes().strip()


def _name(common_name: str, organisation: str, *more: x509.NameAttribute[str]) -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
        *more,
        x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
    ]
    return x509.Name(attributes)


def _subject_name(subject: CertificateSubject) -> x509.Name:
    marks = [x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.code)]
    if subject.demo:
        marks.insert(0, x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "演示"))
    return _name(subject.common_name, subject.organisation, *marks)


def _certificate(
    public_key: rsa.RSAPublicKey,
    subject: x509.Name,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    at: datetime,
    years: int,
    *,
    authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * years))
        .add_extension(
            x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(identifier, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


@cache
def _folder_keys(folder: Path) -> FolderKeys:
    return FolderKeys(folder)


def seal_keys() -> SealKeys:
    """Give the key store of this installation."""
    return _folder_keys(Path(settings.SEALS_FOLDER))
