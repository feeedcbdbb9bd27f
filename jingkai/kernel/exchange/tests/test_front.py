"""The own address is looked at from outside: real servers that speak well, old, weak, or unbelieved."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from jingkai.kernel.exchange.connectors.front import look_at_front
from jingkai.kernel.exchange.data import Front, Target
from jingkai.kernel.exchange.operations.front import check_front, judge
from jingkai.kernel.exchange.testing import shaking_hands


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of `localhost`, signed by nobody but itself."""
    key, name = rsa.generate_private_key(65537, 2048), x509.Name([])
    today = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("front") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@contextmanager
def server(keys: Path, *, oldest: ssl.TLSVersion, ciphers: str) -> Iterator[Target]:
    """A server on loopback that shakes hands and says nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = oldest
    context.set_ciphers(ciphers)
    context.load_cert_chain(keys)
    with shaking_hands(context) as port:
        yield Target("localhost", port, frozenset(), internal=True)


@pytest.mark.parametrize(
    ("oldest", "ciphers", "old", "weak"),
    [
        (ssl.TLSVersion.TLSv1_3, "DEFAULT", False, False),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM", False, False),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM:AES256-GCM-SHA384", False, True),
        (ssl.TLSVersion.TLSv1, "ECDHE+AES:@SECLEVEL=0", True, False),
        (ssl.TLSVersion.TLSv1, "ALL:@SECLEVEL=0", True, True),
    ],
    ids=["newest", "as-told", "without-secrecy", "old", "everything"],
)
def test_what_a_server_speaks_is_seen(
    keys: Path, oldest: ssl.TLSVersion, ciphers: str, old: bool, weak: bool
) -> None:
    with server(keys, oldest=oldest, ciphers=ciphers) as target:
        found = look_at_front(target)
        believed = look_at_front(target, believing=lambda: ssl.create_default_context(cafile=keys))
    assert (found.old, found.weak) == (believed.old, believed.weak) == (old, weak)
    assert "self-signed" in found.disbelief
    assert believed.disbelief == ""


@pytest.mark.parametrize(
    ("front", "state", "words"),
    [
        (Front("zone.example", "", old=False, weak=False), "ok", "前向保密"),
        (Front("zone.example", "self-signed certificate", old=False, weak=False), "fail", "self-signed"),
        (Front("zone.example", "", old=True, weak=True), "fail", "TLS 1.0"),
        (Front("zone.example", "", old=False, weak=True), "fail", "前向保密"),
    ],
)
def test_the_doctor_says_what_is_to_be_mended_first(front: Front, state: str, words: str) -> None:
    found = judge(front)
    assert found.state == state
    assert words in str(found.message)
    assert bool(str(found.advice)) == (state != "ok")


def test_an_address_that_is_not_encrypted_or_not_to_be_seen_is_told(settings: Any, keys: Path) -> None:
    settings.BASE_URL = "http://localhost:8000"
    assert check_front().state == "ok"
    with server(keys, oldest=ssl.TLSVersion.TLSv1_3, ciphers="DEFAULT") as target:
        settings.BASE_URL = f"https://localhost:{target.port}"
        assert "self-signed" in str(check_front().message)
    found = check_front()
    assert found.state == "warn"
    assert f"localhost:{target.port}" in str(found.message) or "localhost" in str(found.message)
