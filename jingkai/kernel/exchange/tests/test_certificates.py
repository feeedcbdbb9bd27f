"""Certificates that end are seen before they do: on real connections to servers with such certificates."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone
from django.utils.translation import override

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.data import CallFailed
from jingkai.kernel.exchange.models import CertificateSight
from jingkai.kernel.exchange.operations.certificates import look_at_certificates
from jingkai.kernel.exchange.queries.certificates import check_certificates
from jingkai.kernel.exchange.rules.certificates import STANDARD, WATCH
from jingkai.kernel.exchange.testing import list_host, shaking_hands
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.rules.api import VersionDraft, add_rule

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 1, tzinfo=UTC)
ENDS = AT + timedelta(days=10)


def certified(folder: Path, ends_at: datetime) -> ssl.SSLContext:
    """The keys of a server whose certificate ends at a moment; nobody has signed it but itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends_at - timedelta(days=90))
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@contextmanager
def server(folder: Path, ends_at: datetime) -> Iterator[int]:
    """A server on loopback that shakes hands and says nothing; gives its port."""
    with shaking_hands(certified(folder, ends_at)) as port:
        yield port


@pytest.fixture(autouse=True)
def alone(settings: Any) -> None:
    """Nothing but what a test lists has a certificate."""
    settings.BASE_URL = "http://testserver"


def test_the_own_address_and_every_listed_host_are_looked_at(tmp_path: Path, settings: Any) -> None:
    """Signed by nobody that we know, so a call is refused; when it ends is seen all the same."""
    at = timezone.now().replace(microsecond=0)
    ends = at + timedelta(days=10)
    with server(tmp_path, ends) as port:
        settings.BASE_URL = f"https://127.0.0.1:{port}"
        list_host("localhost", "login", port=port, internal=True)
        list_host("localhost", "hall", port=port + 1, internal=True, plain_http=True)
        assert look_at_certificates(at=at) == 2
        seen = {row.address: row.ends_at for row in CertificateSight.objects.all()}
        assert seen == {f"127.0.0.1:{port}": ends, f"localhost:{port}": ends}
        assert look_at_certificates(at=at + timedelta(hours=1)) == 0, "once a day is enough"
        assert look_at_certificates(at=at + timedelta(hours=21)) == 2
        with pytest.raises(CallFailed):
            egress.call(f"https://localhost:{port}/", purpose="login")


@pytest.mark.parametrize(
    ("days_before", "state", "chinese", "english"),
    [
        (31, "ok", "都还有 30 天以上才到期", "lasts longer than 30 days"),
        (29, "warn", "30 天内到期：127.0.0.1", "end within 30 days: 127.0.0.1"),
        (0, "fail", "证书已到期：127.0.0.1", "have ended: 127.0.0.1"),
    ],
)
def test_the_doctor_warns_before_the_end(
    tmp_path: Path, settings: Any, days_before: int, state: str, chinese: str, english: str
) -> None:
    at = ENDS - timedelta(days=days_before)
    with server(tmp_path, ENDS) as port:
        settings.BASE_URL = f"https://127.0.0.1:{port}"
        look_at_certificates(at=at)
    for language, words in (("zh-hans", chinese), ("en", english)):
        with override(language):
            found = check_certificates(at=at)
            assert found.state == state
            assert words in str(found.message)
            assert (state == "ok") == (str(found.advice) == "")


def test_how_long_before_is_a_rule_of_the_zone(tmp_path: Path, settings: Any) -> None:
    with server(tmp_path, ENDS) as port:
        settings.BASE_URL = f"https://127.0.0.1:{port}"
        look_at_certificates(at=AT)
    assert check_certificates(at=AT).state == "warn"
    draft = VersionDraft(
        starts_on=timezone.localdate(AT) - timedelta(days=1), value={"warn_days": 5}, source="测试"
    )
    add_rule(kind=WATCH, key=STANDARD, name="提醒", name_en="Watch", draft=draft, by=SYSTEM, at=AT)
    assert check_certificates(at=AT).state == "ok"
    assert check_certificates(at=ENDS - timedelta(days=4)).state == "warn"


def test_a_host_that_does_not_answer_keeps_what_was_seen_before(tmp_path: Path, settings: Any) -> None:
    with server(tmp_path, ENDS) as port:
        settings.BASE_URL = f"https://127.0.0.1:{port}"
        look_at_certificates(at=AT)
    look_at_certificates(at=AT + timedelta(days=1))
    row = CertificateSight.objects.get()
    assert (row.ends_at, row.seen_at, row.looked_at) == (ENDS, AT, AT + timedelta(days=1))
    assert row.problem
    assert check_certificates(at=AT + timedelta(days=1)).state == "warn"


def test_a_host_that_speaks_no_tls_is_named_and_stops_nobody(settings: Any) -> None:
    with create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
        line.close()
        settings.BASE_URL = f"https://127.0.0.1:{port}"
        look_at_certificates(at=AT)
    assert CertificateSight.objects.get().ends_at is None
    with override("en"):
        found = check_certificates(at=AT)
    assert (found.state, f"127.0.0.1:{port}" in str(found.message)) == ("ok", True)


@contextmanager
def post_office(folder: Path, ends_at: datetime, *, obeys: bool = True) -> Iterator[int]:
    """A mail server that begins in the clear and goes on encrypted when it is asked to; gives its port."""
    context, line = certified(folder, ends_at), create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            caller, _address = line.accept()
            with caller:
                caller.sendall(b"220-post office\r\n220 ready\r\n")
                assert caller.recv(100).startswith(b"EHLO ")
                caller.sendall(b"250-post office\r\n250 STARTTLS\r\n")
                assert caller.recv(100) == b"STARTTLS\r\n"
                caller.sendall(b"220 go ahead\r\n" if obeys else b"454 not now\r\n")
                with context.wrap_socket(caller, server_side=True) as spoken:
                    spoken.recv(1)

    worker = threading.Thread(target=serve, daemon=True)
    worker.start()
    try:
        yield line.getsockname()[1]
    finally:
        line.close()
        worker.join(10)


@pytest.mark.parametrize("how", ["tls", "starttls"])
def test_the_certificate_of_the_mail_server_is_watched_too(tmp_path: Path, settings: Any, how: str) -> None:
    settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = how == "tls", how == "starttls"
    with (server if how == "tls" else post_office)(tmp_path, ENDS) as port:
        settings.MAIL, settings.EMAIL_HOST, settings.EMAIL_PORT = True, "127.0.0.1", port
        assert look_at_certificates(at=AT) == 1
    assert CertificateSight.objects.get(port=port).ends_at == ENDS
    assert check_certificates(at=AT).state == "warn"
    settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
    look_at_certificates(at=AT)
    assert not CertificateSight.objects.exists(), "an unencrypted one has none"


def test_a_mail_server_that_does_not_go_on_encrypted_is_named(tmp_path: Path, settings: Any) -> None:
    settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = False, True
    with post_office(tmp_path, ENDS, obeys=False) as port:
        settings.MAIL, settings.EMAIL_HOST, settings.EMAIL_PORT = True, "127.0.0.1", port
        look_at_certificates(at=AT)
    assert "454 not now" in CertificateSight.objects.get().problem


def test_when_nobody_looks_any_more_that_is_said(tmp_path: Path, settings: Any) -> None:
    with server(tmp_path, ENDS + timedelta(days=300)) as port:
        settings.BASE_URL = f"https://127.0.0.1:{port}"
        look_at_certificates(at=AT)
    assert check_certificates(at=AT + timedelta(days=2)).state == "ok"
    assert check_certificates(at=AT + timedelta(days=4)).state == "warn"


def test_what_is_listed_no_longer_is_forgotten(tmp_path: Path, settings: Any) -> None:
    with server(tmp_path, ENDS) as port:
        settings.BASE_URL = f"https://127.0.0.1:{port}"
        look_at_certificates(at=AT)
    settings.BASE_URL = "http://testserver"
    assert check_certificates(at=AT).state == "ok", "a row that is no longer watched warns nobody"
    look_at_certificates(at=AT)
    assert not CertificateSight.objects.exists()


def test_forbidden_numbers_are_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch goes by the same judgement as every call."""
    opened: list[str] = []
    list_host("listed.example", "webhook")
    monkeypatch.setattr(egress, "look_up", lambda *_a: ["169.254.169.254"])
    monkeypatch.setattr(egress, "open_connection", lambda address, *_a: opened.append(address))
    look_at_certificates(at=timezone.now())
    assert opened == []
    assert "forbidden-address" in CertificateSight.objects.get().problem
