"""A host whose authority is pinned is believed by that authority alone, and never by the world instead."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from jingkai.kernel.exchange.connectors import egress
from jingkai.kernel.exchange.connectors.authorities import tls_for
from jingkai.kernel.exchange.data import CallFailed, CallRefused
from jingkai.kernel.exchange.testing import listed
from jingkai.kernel.exchange.tests.test_certificates import certified

pytestmark = pytest.mark.django_db


class Platform(BaseHTTPRequestHandler):
    """Answers everything with one word."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "4")
        self.end_headers()
        self.wfile.write(b"fine")

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture
def pinned(settings: Any, tmp_path: Path) -> Path:
    """The folder in which the operator pins authorities."""
    settings.AUTHORITIES_FOLDER = tmp_path / "authorities"
    (tmp_path / "authorities").mkdir()
    return tmp_path / "authorities"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[str]:
    """A platform whose certificate only its own authority knows; gives its address."""
    server = HTTPServer(("127.0.0.1", 0), Platform)
    server.socket = certified(tmp_path, timezone.now() + timedelta(days=9)).wrap_socket(
        server.socket, server_side=True
    )
    worker = threading.Thread(target=server.serve_forever, daemon=True)
    worker.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    worker.join(10)


def own_authority(folder: Path) -> str:
    """The certificate of the last server that `certified` made, without its key."""
    text = (folder / "server.pem").read_text()
    return text[text.index("-----BEGIN CERTIFICATE") :]


def test_the_pinned_authority_is_believed_and_no_other(platform: str, pinned: Path, tmp_path: Path) -> None:
    with listed(platform, "hall"):
        with pytest.raises(CallFailed):
            egress.call(f"{platform}/", purpose="hall")
        (pinned / "localhost.pem").write_text(own_authority(tmp_path))
        assert egress.call(f"{platform}/", purpose="hall").content == b"fine"
        (tmp_path / "other").mkdir()
        certified(tmp_path / "other", timezone.now() + timedelta(days=9))
        (pinned / "localhost.pem").write_text(own_authority(tmp_path / "other"))
        with pytest.raises(CallFailed):
            egress.call(f"{platform}/", purpose="hall")


def test_the_world_is_not_believed_for_a_pinned_host(pinned: Path, tmp_path: Path) -> None:
    certified(tmp_path, timezone.now() + timedelta(days=9))
    (pinned / "platform.example.pem").write_text(own_authority(tmp_path))
    assert tls_for("platform.example").cert_store_stats()["x509"] == 1
    assert tls_for("Platform.Example").cert_store_stats()["x509"] == 1
    assert tls_for("other.example").cert_store_stats()["x509"] > 20
    for host in ("platform.example", "other.example"):
        context = tls_for(host)
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("text", ["", "junk"])
def test_a_file_that_cannot_be_read_stops_the_call(platform: str, pinned: Path, text: str) -> None:
    (pinned / "localhost.pem").write_text(text)
    with listed(platform, "hall"), pytest.raises(CallRefused, match="bad-authority"):
        egress.call(f"{platform}/", purpose="hall")
