"""The product's real web server in processes of its own, and people with slow lines."""

from __future__ import annotations

import contextlib
import http.client
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 120
SECRET = "s" * 32


class ServerFailed(Exception):
    """The server ended, or did not answer in time; holds what it printed."""


def free_port() -> int:
    """A port on which nobody listens, and which no client is given for a call of its own.

    Those that the system hands out itself may be gone a moment later: other tests make thousands of calls.
    """
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def serving(port: int, environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run `jingkai serve` as people start it, until the block ends."""
    with log.open("w+") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("jingkai")), "serve"],
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(port, process, log)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if get(port, "/health/live")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise ServerFailed(log.read_text())


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
    """Sends a file in small pieces over many seconds, as a bad line does."""

    def __init__(
        self,
        port: int,
        path: str,
        body: bytes,
        *,
        cookie: str,
        csrf_cookie: str,
        seconds: float,
        pieces: int = 60,
    ) -> None:
        super().__init__(daemon=True)
        self.port, self.path, self.body = port, path, body
        self.cookie, self.csrf_cookie = cookie, csrf_cookie
        self.seconds, self.pieces = seconds, pieces
        self.status = 0
        self.error = ""

    def run(self) -> None:
        """Trickle the body, then read the answer."""
        try:
            self._send()
        except OSError as error:
            self.error = repr(error)

    def _send(self) -> None:
        with connected(self.port) as client:
            client.putrequest("PUT", self.path, skip_host=True)
            for name, value in {
                "Host": f"localhost:{self.port}",
                "Cookie": f"{self.cookie}; {self.csrf_cookie}={SECRET}",
                "X-CSRFToken": SECRET,
                "X-File-Name": "slow.pdf",
                "Content-Type": "application/octet-stream",
                "Content-Length": str(len(self.body)),
            }.items():
                client.putheader(name, value)
            client.endheaders()
            step = len(self.body) // self.pieces + 1
            for start in range(0, len(self.body), step):
                client.send(self.body[start : start + step])
                time.sleep(self.seconds / self.pieces)
            answer = client.getresponse()
            self.status, self.error = answer.status, answer.read().decode()[:300]
