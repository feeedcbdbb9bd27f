"""How things are measured: in turns, so that noise meets all alike, and with their queries counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

REPEATS = 60


@dataclass(slots=True)
class Found:
    """What drawing something took."""

    seconds: list[float]
    queries: int = 0

    @property
    def median(self) -> float:
        """The median in milliseconds."""
        return median(self.seconds) * 1000

    @property
    def p99(self) -> float:
        """What 99 of 100 stay below, in milliseconds."""
        return percentile(self.seconds, 99) * 1000

    def __str__(self) -> str:
        return f"{self.median:.1f} / {self.p99:.1f}"


def percentile(values: Sequence[float], part: int) -> float:
    """Give what so many of a hundred values stay below."""
    return quantiles(values, n=100, method="inclusive")[part - 1]


def ratio(first: Found, second: Found) -> float:
    """Say how many times as long the first took as the second, turn by turn; give the median."""
    return median(a / b for a, b in zip(first.seconds, second.seconds, strict=True))


def measure_in_turns(draws: Sequence[Callable[[], Any]], repeats: int = REPEATS) -> list[Found]:
    """Draw several things in turns, and count the queries of each once."""
    found = []
    for draw in draws:
        draw()
        found.append(Found([], queries_of(draw)))
    for number in range(repeats):
        order = list(zip(draws, found, strict=True))
        turn = number % len(order)
        for draw, one in order[turn:] + order[:turn]:
            start = time.perf_counter()
            draw()
            one.seconds.append(time.perf_counter() - start)
    return found


def queries_of(draw: Callable[[], Any]) -> int:
    """Count the queries of one go."""
    counter = getattr(draw, "count_queries", None)
    if counter is not None:
        return int(counter())
    with CaptureQueriesContext(connection) as seen:
        draw()
    return count_queries(seen)


def count_queries(seen: CaptureQueriesContext) -> int:
    """Count what was asked, without the words that begin and end transactions."""
    words = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(words) for query in seen)


def own_memory(pid: int) -> int:
    """Bytes that a process and all it started hold for themselves.

    What several of them share counts once, in parts; programs and libraries, which the whole machine shares,
    do not count.
    """
    entry = Path(f"/proc/{pid}")
    words = (entry / "smaps_rollup").read_text().split("Pss_Anon:", 1)[1].split(None, 1)[0]
    children = (entry / "task" / str(pid) / "children").read_text().split()
    return int(words) * 1024 + sum(own_memory(int(child)) for child in children)
