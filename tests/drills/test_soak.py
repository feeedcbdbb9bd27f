"""A quarter of an hour at half load: memory stands still, and the last minute is as quick as the others.

First everybody asks as fast as answers come, which is the full load and fills caches, threads and lines; then
each asks half as often. `make drill` runs it and prints the table of docs/security/drills.md.
"""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks.measuring import own_memory
from benchmarks.server import get
from jingkai.modules.approvals.testing import Hall
from tests.drills.conftest import Installer, make_clients
from tests.drills.killing import Journal, Sender, Zone, last_look, whole

MINUTES = int(os.environ.get("SOAK_MINUTES", "0"))
FULL_LOAD, SETTLING = 300.0, 2
"""Seconds in which the full load is found, and minutes in which what it heaped up is worked off."""
GROWTH, SLOWER = 1.02, 1.25
"""At most so many times the memory of the first minute, and the time of an answer in the minutes before."""
pytestmark = [
    pytest.mark.drill,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not MINUTES, reason="lasts a quarter of an hour: make drill, or SOAK_MINUTES"),
]


@dataclass
class Rhythm:
    """When somebody asks: as soon as there is an answer, or every so many seconds, now sooner and now later.

    Two who asked every 68 ms to the tick would wait for each other at every turn, or at none, for minutes.
    """

    every: float = 0.0
    chance: random.Random = field(default_factory=random.Random)
    took: list[tuple[float, float]] = field(default_factory=list)
    """When each answer came and how many seconds it took."""

    @contextmanager
    def beat(self, stopped: threading.Event) -> Iterator[None]:
        """Take the time of one request, and wait for the turn of the next."""
        began = time.monotonic()
        yield
        ended = time.monotonic()
        self.took.append((ended, ended - began))
        stopped.wait(max(0.0, began + self.every * self.chance.uniform(0.5, 1.5) - ended))

    def halve(self, seconds: float) -> None:
        """Ask half as often as in the seconds before."""
        self.every = 2 * seconds / len(self.took)
        self.took = []


class SteadySender(Sender):
    """Hands work orders over in a rhythm."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.rhythm = Rhythm()

    def _send(self, order: str) -> bool:
        with self.rhythm.beat(self.stopped):
            return super()._send(order)


class SteadyReader(threading.Thread):
    """Opens one page after the other in a rhythm."""

    def __init__(self, port: int, cookie: str, pages: tuple[str, ...], stopped: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.cookie, self.pages, self.stopped = port, cookie, pages, stopped
        self.rhythm, self.answers = Rhythm(), Counter[int]()

    def run(self) -> None:
        """Read until told to stop."""
        number = 0
        while not self.stopped.is_set():
            with self.rhythm.beat(self.stopped):
                self.answers[get(self.port, self.pages[number % len(self.pages)], self.cookie)[0]] += 1
            number += 1


@dataclass(frozen=True, slots=True)
class Minute:
    """What one minute was like: seconds of the middle answer, and bytes."""

    orders: list[float]
    pages: list[float]
    web: int
    worker: int

    def row(self, number: int) -> str:
        """A line of the table in Markdown."""
        times = [f"{len(t)} | {_ms(t, 50)} | {_ms(t, 95)}" for t in (self.orders, self.pages)]
        memory = [f"{size / 2**20:.1f}" for size in (self.web, self.worker)]
        return f"| {number} | {' | '.join(times + memory)} |"


def _ms(times: list[float], percent: int) -> str:
    return f"{statistics.quantiles(times, n=100)[percent - 1] * 1000:.0f}"


def test_a_quarter_of_an_hour_at_half_load(hall: Hall, install_here: Installer, place: Path) -> None:
    """Memory of web and worker grows by 2 % at most, the last minute is no slower, all orders are there."""
    tokens, client = make_clients(), Client()
    hall.log_in(client, "handler")
    matter = hall.submit(hall.give_all(hall.draft(at=timezone.now())), at=timezone.now())
    enterprise = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    clerk = Client()
    hall.log_in(clerk, "clerk")
    officer = f"{settings.SESSION_COOKIE_NAME}={clerk.cookies[settings.SESSION_COOKIE_NAME].value}"
    zone, journal, stopped = Zone(install_here(), place), Journal(), threading.Event()
    senders = [SteadySender(f"S{n}", zone.port, token, journal, stopped) for n, token in enumerate(tokens)]
    readers = [
        SteadyReader(zone.port, officer, ("/desk/", "/cases/", "/cases/?state=open", "/notices/"), stopped),
        SteadyReader(zone.port, enterprise, ("/my/", f"/my/{matter.uuid}/", "/", "/track/"), stopped),
    ]
    zone.start()
    try:
        minutes = soak(zone, senders, readers)
    finally:
        stopped.set()
        for thread in (*senders, *readers):
            thread.join(60)
        zone.stop()
    print("\n" + table(minutes))  # noqa: T201
    whole(journal, [text for sender in senders for text in sender.refused], last_look(zone.installation))
    assert {status for reader in readers for status in reader.answers} == {200}
    assert journal.asked_again == {}
    before, last = minutes[:-1], minutes[-1]
    for part in ("web", "worker"):
        assert getattr(last, part) <= GROWTH * getattr(before[0], part)
    for part in ("orders", "pages"):
        usual = statistics.median(statistics.median(getattr(minute, part)) for minute in before)
        assert statistics.median(getattr(last, part)) <= SLOWER * usual


def soak(zone: Zone, senders: list[SteadySender], readers: list[SteadyReader]) -> list[Minute]:
    """Find the full load, halve it, and look at every minute."""
    everybody = [*senders, *readers]
    while not _ready(zone.port):
        time.sleep(0.1)
    for thread in everybody:
        thread.start()
    time.sleep(FULL_LOAD)
    for thread in everybody:
        thread.rhythm.halve(FULL_LOAD)
    return [_minute(zone, senders, readers) for _ in range(SETTLING + MINUTES)][SETTLING:]


def _ready(port: int) -> bool:
    try:
        return get(port, "/health/ready")[0] == 200
    except OSError:
        return False


def _minute(zone: Zone, senders: list[SteadySender], readers: list[SteadyReader]) -> Minute:
    """Let a minute pass, and look at the memory every five seconds of it."""
    began, sizes = time.monotonic(), {"web": list[int](), "worker": list[int]()}
    while (now := time.monotonic()) < began + 60:
        for name, seen in sizes.items():
            seen.append(own_memory(zone.processes[name].pid))
        time.sleep(min(5.0, max(0.0, began + 60 - now)))
    orders, pages = (
        [took for one in group for at, took in list(one.rhythm.took) if at >= began]
        for group in (senders, readers)
    )
    return Minute(orders, pages, *(int(statistics.median(seen)) for seen in sizes.values()))


def table(minutes: list[Minute]) -> str:
    """The minutes as a table in Markdown."""
    lines = [
        "| minute | orders | median ms | p95 ms | pages | median ms | p95 ms | web MB | worker MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join(lines + [minute.row(number) for number, minute in enumerate(minutes, 1)])
