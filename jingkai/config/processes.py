"""Child processes of `jingkai demo`: started with a lifeline, logged to files, stopped together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

LOG_LIMIT = 10 * 1024 * 1024


@dataclass(slots=True)
class Child:
    """One running child and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self, length: int = 2000) -> str:
        """The end of its log, for the message when it died."""
        return self.log.read_bytes()[-length:].decode(errors="replace").strip()


@dataclass(slots=True)
class Family:
    """The children of this process. Leaving the `with` block stops them; a kill of ours ends them, too."""

    logs: Path
    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)
    _pipe: tuple[int, int] = (-1, -1)

    def __enter__(self) -> Family:
        self._pipe = os.pipe()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for end in self._pipe:
            os.close(end)

    def start(self, name: str, *arguments: str) -> Child:
        """Start `jingkai ARGUMENTS` in a session of its own, so that Ctrl-C reaches only us."""
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "jingkai", "--lifeline", str(self._pipe[0]), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[self._pipe[0]],
                env=dict(self.environment),
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def run(self, name: str, *arguments: str, stopped: threading.Event) -> Child:
        """Run `jingkai ARGUMENTS` to its end, or end it early when we are to stop."""
        (self.logs / f"{name}.log").unlink(missing_ok=True)
        child = self.start(name, *arguments)
        while child.process.poll() is None:
            if stopped.wait(0.1):
                self.stop()
                return child
        self.children.remove(child)
        return child

    def first_dead(self) -> Child | None:
        """A child that ended by itself, if any."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def stop(self, patience: float = 20) -> None:
        """Ask all children to end, wait, and end those who do not listen."""
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + patience
        for child in self.children:
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
        self.children.clear()
