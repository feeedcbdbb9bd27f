"""Twenty slow senders at a real server do not keep anybody from the pages."""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from jingkai.config.home import prepare_home
from jingkai.modules.approvals.models import Application
from jingkai.modules.approvals.testing import Hall
from jingkai.records.files.models import Attachment
from jingkai.records.files.testing import PDF

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

SENDERS = 20
SECONDS = 12.0
PIECES = 60
BODY = PDF.replace(b"\n", b"\n%" + b"." * (PIECES * 512) + b"\n", 1)
LONGEST = 2.0
"""Seconds: a sign of life only; the benchmark asks for a p99 of 200 ms."""


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, surroundings: Callable[..., dict[str, str]]) -> Iterator[int]:
    """`jingkai serve` as people start it, with one worker, on the test's database; gives its port."""
    home, port = prepare_home(tmp_path / "home"), free_port()
    shutil.copytree(settings.SECRETS_FOLDER, home / "secrets", dirs_exist_ok=True)
    environment = surroundings(JINGKAI_HOME=str(home), PORT=str(port), JINGKAI_WORKERS="1")
    with (tmp_path / "serve.log").open("w+") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("jingkai")), "serve"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(port, process, tmp_path / "serve.log")
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            if get(port, "/health/live")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not become ready: {log.read_text()}")


def get(port: int, path: str, cookie: str = "") -> tuple[int, float]:
    """Open a page; gives its status and how long it took."""
    began = time.perf_counter()
    with connected(port) as client:
        client.request("GET", path, headers={"Cookie": cookie, "Host": f"localhost:{port}"})
        answer = client.getresponse()
        answer.read()
    return answer.status, time.perf_counter() - began


@contextmanager
def connected(port: int) -> Iterator[http.client.HTTPConnection]:
    """A connection that is closed afterwards."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        yield client
    finally:
        client.close()


class SlowSender(threading.Thread):
    """Sends a PDF in small pieces over many seconds, as a bad line does."""

    def __init__(self, port: int, draft: Application, session: str) -> None:
        super().__init__()
        self.port, self.draft, self.session = port, draft, session
        self.status = 0
        self.error = ""

    def run(self) -> None:
        """Trickle the body, then read the answer."""
        try:
            self._send()
        except OSError as error:
            self.error = repr(error)

    def _send(self) -> None:
        secret = "s" * 32
        with connected(self.port) as client:
            client.putrequest("PUT", f"/my/{self.draft.uuid}/materials/fire-design/upload/", skip_host=True)
            for name, value in {
                "Host": f"localhost:{self.port}",
                "Cookie": f"{self.session}; {settings.CSRF_COOKIE_NAME}={secret}",
                "X-CSRFToken": secret,
                "X-File-Name": "slow.pdf",
                "Content-Type": "application/octet-stream",
                "Content-Length": str(len(BODY)),
            }.items():
                client.putheader(name, value)
            client.endheaders()
            step = len(BODY) // PIECES + 1
            for start in range(0, len(BODY), step):
                client.send(BODY[start : start + step])
                time.sleep(SECONDS / PIECES)
            answer = client.getresponse()
            self.status, self.error = answer.status, answer.read().decode()[:300]


def test_twenty_slow_uploads_do_not_block_pages(hall: Hall, server: int) -> None:
    """Public and personal pages answer while twenty uploads trickle in, and all twenty arrive."""
    client = Client()
    hall.log_in(client, "handler")
    session = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    draft = hall.draft(at=timezone.now())
    pages = ["/services/", "/services/construction-permit/", "/my/", f"/my/{draft.uuid}/materials/"]
    for path in pages:
        assert get(server, path, session)[0] == 200, path
    senders = [SlowSender(server, draft, session) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    times: list[float] = []
    until = time.perf_counter() + SECONDS * 0.75
    while time.perf_counter() < until:
        for path in pages:
            status, took = get(server, path, session)
            assert status == 200, path
            times.append(took)
    assert all(sender.is_alive() for sender in senders), [sender.error for sender in senders]
    for sender in senders:
        sender.join(60)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    print(  # noqa: T201
        f"\n{len(times)} pages during {SENDERS} slow uploads:"
        f" p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms"
    )
    assert max(times) < LONGEST
    assert [sender.status for sender in senders] == [201] * SENDERS, senders[0].error
    assert Attachment.objects.filter(owner_kind="application", owner_id=draft.pk).count() == SENDERS
