"""Files are scanned through clamd's protocol; what could not be scanned is not taken in."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jingkai.records.files import api, panels
from jingkai.records.files.connectors.clamd import Scanner
from jingkai.records.files.testing import PDF

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
INFECTED = PDF.replace(b"\n", b"\n%" + EICAR + b"\n", 1)


class Clamd(socketserver.ThreadingTCPServer):
    """A local stand-in that speaks the protocol and finds the test virus of EICAR."""

    allow_reuse_address = daemon_threads = True
    fault = ""
    largest = 25 * 1024 * 1024


class Talk(socketserver.StreamRequestHandler):
    """One connection: a command up to its zero byte, then the pieces of a file."""

    server: Clamd

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if self.server.fault == "silent":
            threading.Event().wait(2)
            return
        if self.server.fault:
            self.wfile.write(self.server.fault.encode() + b"\0")
        elif command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        else:
            assert command == b"zINSTREAM\0"
            self.wfile.write(self._looked_into() + b"\0")

    def _looked_into(self) -> bytes:
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.largest:
                return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"


@pytest.fixture
def clamd(settings: Any) -> Iterator[Clamd]:
    with Clamd(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.FILE_SCANNER_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def refused(content: bytes) -> api.FileRefused:
    with pytest.raises(api.FileRefused) as caught:
        api.receive_stream(BytesIO(content), name="图纸.pdf")
    return caught.value


@pytest.mark.usefixtures("clamd")
def test_a_clean_file_comes_in_and_an_infected_one_does_not(files_folder: Path) -> None:
    assert api.receive_stream(BytesIO(PDF), name="图纸.pdf").kind.code == "pdf"
    kept = len(list(files_folder.glob("incoming/*")))
    error = refused(INFECTED)
    assert (error.code, error.found, error.status) == ("infected", "Win.Test.EICAR_HDB-1", 422)
    assert len(list(files_folder.glob("incoming/*"))) == kept, "nothing of it is left"


@pytest.mark.parametrize("fault", ["INSTREAM size limit exceeded. ERROR", "nonsense", "silent"])
def test_what_was_not_scanned_is_not_taken_in(
    clamd: Clamd, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jingkai.records.files.connectors.clamd.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(Scanner.__init__, "__defaults__", (0.2,))
    clamd.fault = fault
    error = refused(PDF)
    assert (error.code, error.status) == ("not_scanned", 503)


def test_a_file_larger_than_the_scanner_takes_is_not_taken_in(clamd: Clamd) -> None:
    clamd.largest = 100
    large = PDF.replace(b"\n", b"\n%" + b"." * 200_000 + b"\n", 1)
    assert refused(large).code == "not_scanned"


def test_a_scanner_that_is_away_refuses_and_the_doctor_says_so(settings: Any, tmp_path: Path) -> None:
    settings.FILE_SCANNER_URL = f"unix://{tmp_path}/clamd.ctl"
    assert refused(PDF).code == "not_scanned"
    assert panels.check_scanner().state == "fail"


def test_the_doctor_asks_the_scanner(clamd: Clamd, settings: Any) -> None:
    assert panels.check_scanner().state == "ok"
    clamd.fault = "nonsense"
    assert panels.check_scanner().state == "fail"
    settings.FILE_SCANNER_URL = ""
    assert panels.check_scanner().state == "warn"
