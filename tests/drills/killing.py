"""A running zone whose parts are killed: its processes, the clients with their journal, and the last look.

A client writes down what was acknowledged only when it has the whole answer; what it never heard of it asks
for again with the same key, as a real system does.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.server import free_port
from tests.drills.installation import Installation

CLIENTS = 4
THOROUGH = "DRILL_KILLS" in os.environ
"""Whether this is `make drill`, which takes its time, and not a test run."""
OFFICE = 0.5 if THOROUGH else 2.0
"""Seconds between two orders of a client in a drill of minutes: when they come counts, not how many come."""
PATIENCE = 300.0
TARGETS = (
    "web: one of its processes",
    "web: all of it",
    "worker",
    "database: the server",
    "database: a session",
)

LAST_LOOK = """
import json, sys
from jingkai.config.installation import open_installation
open_installation()
from django.db import connection
from django.db.models import Count
from jingkai.casework.cases.models import Case, CaseClock, Task
from jingkai.casework.cases.queries import batches_of_cases, differing
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.events.operations import rescue_stalled_jobs
from jingkai.kernel.exchange.models import Exchange
from jingkai.kernel.notices.models import Notice
from jingkai.modules.hotline.models import WorkOrder
from jingkai.records.numbering import api as numbering

rescue_stalled_jobs(silent_for=0)
for _ in range(20):  # what a lost database put off to later is due now
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    if run_jobs(raise_errors=False) == 0:
        break
cases = Case.objects.filter(kind="hotline")
trail = audit.verify()
print(json.dumps({
    "received": list(Exchange.objects.filter(direction="in").values_list("outside_number", flat=True)),
    "orders": list(WorkOrder.objects.values_list("number", flat=True)),
    "cases": cases.count(),
    "open_tasks": Task.objects.filter(case__in=cases, state="open").count(),
    "clocks": CaseClock.objects.filter(case__in=cases).count(),
    "notices": Notice.objects.filter(kind="work_order").count(),
    "twice_notified": list(Notice.objects.filter(kind="work_order").values_list("url")
                           .annotate(n=Count("pk")).filter(n__gt=1).values_list("url", flat=True)),
    "differences": {
        some[one]: lines for some in batches_of_cases() for one, lines in differing(some).items()
    },
    "gaps": [str(gap) for gap in numbering.find_gaps()],
    "faults": [fault.line() for fault in trail.faults],
    "entries": trail.entries,
}, default=str))
"""


@dataclass
class Zone:
    """Web, worker and database of one installation, started again as a supervisor does."""

    installation: Installation
    logs: Path
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start what does not run."""
        for name, command in (("web", "serve"), ("worker", "worker")):
            if name not in self.processes or self.processes[name].poll() is not None:
                self._start(name, command)

    def _start(self, name: str, command: str) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "jingkai", command],
                env=self.installation.environment(PORT=str(self.port), JINGKAI_WORKERS="1"),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """End web and worker as an operator does."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=40)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def kill(self, target: str, chance: random.Random) -> None:
        """Kill one part without warning (SIGKILL), and start again what does not start by itself."""
        match target.split(":")[0], target:
            case "web", "web: one of its processes":
                os.kill(chance.choice(_children(self.processes["web"].pid)), signal.SIGKILL)
            case "web", _:
                self._kill_group("web")
            case "worker", _:
                self._kill_group("worker")
            case _, "database: the server":
                self._kill_server()
            case _:
                os.kill(chance.choice(self._sessions()), signal.SIGKILL)
        self.start()

    def _kill_group(self, name: str) -> None:
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def _kill_server(self) -> None:
        """Kill the server with all its processes, wait until they are gone, and start it over its data."""
        server = self.installation.server
        pid = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        doomed = [pid, *_children(pid, or_self=False)]
        for one in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        until = time.monotonic() + 30
        while any(_lives(one) for one in doomed) and time.monotonic() < until:
            time.sleep(0.02)
        server.take_hold().close()

    def _sessions(self) -> list[int]:
        """The sessions of the product, as the system knows them: a server that recovers answers nobody."""
        found: list[int] = []
        until = time.monotonic() + PATIENCE
        while not found and time.monotonic() < until:
            time.sleep(0.02)
            server = int((self.installation.server.data / "postmaster.pid").read_text().split("\n", 1)[0])
            found = [pid for pid in _children(server, or_self=False) if "jingkai_app" in _title(pid)]
        return found


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _children(pid: int, *, or_self: bool = True) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(word) for word in found] or ([pid] if or_self else [])


@dataclass
class Journal:
    """What the clients sent and what was acknowledged, and when."""

    acknowledged: list[tuple[float, str]] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    """When the requests began that were acknowledged."""
    asked_again: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def first_after(self, moment: float) -> float | None:
        """How long after a moment something was acknowledged that was asked after it."""
        with self.lock:
            known = zip(self.asked, self.acknowledged, strict=True)
            return next((at - moment for asked, (at, _) in known if asked > moment), None)

    def note(self, asked: float, order: str) -> None:
        """Write down that a request was acknowledged just now."""
        with self.lock:
            self.asked.append(asked)
            self.acknowledged.append((time.monotonic(), order))


class Sender(threading.Thread):
    """Another system that hands work orders over, one after the other, until told to stop."""

    timeout, pace = 10.0, 0.0

    def __init__(self, name: str, port: int, token: str, journal: Journal, stopped: threading.Event) -> None:
        super().__init__(daemon=True, name=name)
        self.port, self.token, self.journal, self.stopped = port, token, journal, stopped
        self.refused: list[str] = []

    def run(self) -> None:
        """Send orders; each is repeated with its own key until it is acknowledged."""
        number = 0
        while not self.stopped.is_set():
            number += 1
            order = f"{self.name}-{number:05d}"
            until = time.monotonic() + PATIENCE
            while not self._send(order) and time.monotonic() < until:
                self.journal.asked_again[order] += 1
                time.sleep(0.05)
            self.stopped.wait(self.pace)

    def _send(self, order: str) -> bool:
        body = json.dumps({"orderNumber": order, "title": f"路灯不亮 {order}"})
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": order}
        headers |= {"Content-Type": "application/json", "Host": f"localhost:{self.port}"}
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        asked = time.monotonic()
        try:
            client.request("POST", "/api/v1/work-orders", body.encode(), headers)
            answer = client.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            client.close()
        if answer.status == 201 and json.loads(said)["number"] == order:
            self.journal.note(asked, order)
            return True
        if answer.status < 500 and answer.status != 409:
            self.refused.append(f"{answer.status} {said[:200]!r}")
        return False


@dataclass
class Outcome:
    """What a drill came to."""

    kills: Counter[str]
    recoveries: dict[str, list[float]]
    journal: Journal
    refused: list[str]
    found: dict[str, Any]
    seconds: float

    @property
    def sent(self) -> set[str]:
        """The orders that were acknowledged."""
        return {order for _, order in self.journal.acknowledged}

    def table(self) -> str:
        """The outcome as a table in Markdown."""
        lines = [
            "| killed (SIGKILL) | times | next acknowledgement after: median | longest |",
            "|---|---|---|---|",
        ]
        for target in TARGETS:
            times = sorted(self.recoveries.get(target, []))
            if times:
                middle, longest = times[len(times) // 2], times[-1]
                lines.append(f"| {target} | {self.kills[target]} | {middle:.1f} s | {longest:.1f} s |")
        lost = self.sent - set(self.found["orders"])
        lines += [
            "",
            f"{self.kills.total()} kills in {self.seconds:.0f} s under {CLIENTS} clients:"
            f" {len(self.sent)} work orders acknowledged,"
            f" {sum(self.journal.asked_again.values())} times asked again,"
            f" **{len(lost)} lost**, {self.found['cases'] - len(set(self.found['orders']))} cases too many,"
            f" {len(self.found['differences'])} cases that differ from their trail,"
            f" {len(self.found['gaps'])} gaps in numbers, {len(self.found['faults'])} faults in"
            f" {self.found['entries']} entries of the trail.",
        ]
        return "\n".join(lines)


@contextmanager
def under_load(zone: Zone, tokens: list[str], *, pace: float) -> Iterator[Load]:
    """Start a zone and its clients; when the block ends, so do they, and what was refused is known.

    `pace`: seconds between two orders of one client; at 0 each sends as fast as it is answered.
    """
    load, stopped = Load(zone, Journal()), threading.Event()
    zone.start()
    senders = [
        Sender(f"C{number}", zone.port, token, load.journal, stopped)
        for number, token in enumerate(tokens, 1)
    ]
    try:
        for sender in senders:
            sender.pace = pace
            sender.start()
        load.await_next(0.0)
        yield load
    finally:
        stopped.set()
        for sender in senders:
            sender.join(PATIENCE)
        zone.stop()
        load.refused += [text for sender in senders for text in sender.refused]


@dataclass
class Load:
    """A zone at work."""

    zone: Zone
    journal: Journal
    refused: list[str] = field(default_factory=list)

    def await_next(self, moment: float) -> float:
        """Wait for the next acknowledgement."""
        return await_next(self.zone, self.journal, moment)


def await_next(zone: Zone, journal: Journal, moment: float) -> float:
    """Wait for the next acknowledgement, and start what has ended, as a supervisor does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if (after := journal.first_after(moment)) is not None:
            return after
        zone.start()
        time.sleep(0.02)
    raise AssertionError("nothing was acknowledged any more")


def drill(zone: Zone, tokens: list[str], *, kills: int, seed: int, pace: float) -> Outcome:
    """Kill parts of a zone at random moments under load, each after the one before has been overcome."""
    chance, counts, began = random.Random(seed), Counter[str](), time.monotonic()
    recoveries: dict[str, list[float]] = {}
    order = [TARGETS[n % len(TARGETS)] for n in range(kills)]
    chance.shuffle(order)
    with under_load(zone, tokens, pace=pace) as load:
        for target in order:
            time.sleep(chance.uniform(0.05, 0.4))
            counts[target] += 1
            killed = time.monotonic()
            zone.kill(target, chance)
            recoveries.setdefault(target, []).append(load.await_next(killed))
    found = last_look(zone.installation)
    return Outcome(counts, recoveries, load.journal, load.refused, found, time.monotonic() - began)


def last_look(installation: Installation) -> dict[str, Any]:
    """What is there afterwards, once all jobs are done."""
    done = subprocess.run(
        [sys.executable, "-c", LAST_LOOK],
        env=installation.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def whole(journal: Journal, refused: list[str], found: dict[str, Any]) -> None:
    """Everything acknowledged is there; everything that is there is there once and whole."""
    assert refused == []
    assert {order for _, order in journal.acknowledged} - set(found["received"]) == set()
    assert sorted(found["received"]) == sorted(found["orders"])
    count = len(set(found["orders"]))
    assert len(found["orders"]) == found["cases"] == found["open_tasks"] == found["clocks"] == count
    assert found["twice_notified"] == []
    assert found["notices"] == count
    assert found["differences"] == {}
    assert found["gaps"] == []
    assert found["faults"] == []
