"""Steps per second of every engine on the same approval, taking turns so that noise meets all alike."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.installation import DATABASE, SMALL
from benchmarks.lists import Sizes
from benchmarks.measuring import count_queries, percentile
from benchmarks.report import Goal, Table
from benchmarks.story import STEPS, Engine, walk_through

CASES_A_ROUND = 6
CASES_A_SIZE = 30
MOST_DEARER = 1.1
"""A step costs at most so many times as much where there are many cases."""
MOST_QUERIES = 16
WHOLE = 50
"""Of so many cases of the memory part, one runs to its end."""


@dataclass(slots=True)
class _Times:
    engine: Engine
    seconds: list[float] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)


def measure_engines(engines: Sequence[Any], *, rounds: int) -> list[Table]:
    """Run the approval on every engine in turns and compare them."""
    times = [_Times(engine) for engine in engines]
    for one in times:
        _count_queries(one)
    for number in range(rounds):
        turn = times[number % len(times) :] + times[: number % len(times)]
        for one in turn:
            _round(one)
    return [_table(times)]


def measure_steps(engine: Any, sizes: Sizes) -> Table:
    """Run the approval with everything in the small and in the large database, in turns, case by case."""
    seconds: dict[str, list[float]] = {SMALL: [], DATABASE: []}
    for number in range(CASES_A_SIZE + 2):
        order = list(seconds) if number % 2 else list(reversed(seconds))
        for name in order:
            with sizes.installation.using(name):
                took = walk_through(engine, engine.start())
            if number > 1:
                seconds[name] += took
    table = Table(
        "A step with trail, access rows and events, by how many cases there are",
        ("cases", "steps", "ms a step, p50", "p99"),
    )
    for name, cases in ((SMALL, sizes.few), (DATABASE, sizes.many)):
        middle, slowest = median(seconds[name]) * 1000, percentile(seconds[name], 99) * 1000
        table.rows.append((f"{cases:,}", str(len(seconds[name])), f"{middle:.2f}", f"{slowest:.2f}"))
    ratio = median(seconds[DATABASE]) / median(seconds[SMALL])
    words = f"a step at {sizes.many:,} cases against {sizes.few:,}"
    table.goals = [Goal(words, f"{ratio:.2f} ×", f"≤ {MOST_DEARER} ×", ratio <= MOST_DEARER)]
    table.note = f"{CASES_A_SIZE} cases run through all eleven steps in each database, one here, one there."
    return table


def _count_queries(one: _Times) -> None:
    """Count one case's queries step by step; the first case also warms every cache."""
    for _warm in range(2):
        case = one.engine.start()
        for node, outcome in STEPS:
            task = one.engine.find(case, node)
            with CaptureQueriesContext(connection) as seen:
                one.engine.step(task, outcome)
            one.queries.append(count_queries(seen))
        if not one.engine.is_closed(case):
            raise AssertionError(f"{one.engine.name} did not finish the approval")


def _round(one: _Times) -> None:
    gc.collect()
    began = len(one.seconds)
    for _case in range(CASES_A_ROUND):
        one.seconds += walk_through(one.engine, one.engine.start())
    one.rounds.append(sum(one.seconds[began:]))


def _table(times: Sequence[_Times]) -> Table:
    alone, everything, spiff, viewflow = times
    table = Table(
        "The engine: one approval of eleven steps, one durable transaction a step",
        (
            "engine",
            "queries a step, mean (most)",
            "ms a step, p50",
            "p99",
            "steps/s",
            "times our engine alone",
        ),
    )
    slower = {}
    for one in times:
        name = one.engine.name
        slower[name] = median(a / b for a, b in zip(one.rounds, alone.rounds, strict=True))
        table.rows.append(
            (
                name,
                f"{sum(one.queries) / len(one.queries):.1f} ({max(one.queries)})",
                f"{median(one.seconds) * 1000:.2f}",
                f"{percentile(one.seconds, 99) * 1000:.2f}",
                f"{len(one.seconds) / sum(one.seconds):.0f}",
                f"{slower[name]:.2f}",
            )
        )
    table.goals = [
        _faster("SpiffWorkflow", slower[spiff.engine.name], 1.4),
        _faster("django-viewflow", slower[viewflow.engine.name], 2.5),
        *_whole(everything),
    ]
    table.note = (
        f"{len(alone.rounds)} rounds of {CASES_A_ROUND} cases each, engines taking turns; the last column is "
        "the median over rounds of the time for the same steps. BEGIN and COMMIT are not counted. The peers "
        "write no trail, access rows or events; SpiffWorkflow's specification is cached and it keeps inbox "
        "rows; viewflow's task rows are its inbox."
    )
    return table


def _faster(peer: str, ratio: float, wanted: float) -> Goal:
    words = f"engine alone: steps a second against {peer}"
    return Goal(words, f"{ratio:.2f} ×", f"≥ {wanted} ×", ratio >= wanted)


def _whole(one: _Times) -> list[Goal]:
    """The targets of a step with trail, access rows and events."""
    most = max(one.queries)
    slowest = percentile(one.seconds, 99) * 1000
    return [
        Goal(
            "step with trail, access rows, events: queries",
            str(most),
            f"≤ {MOST_QUERIES}",
            most <= MOST_QUERIES,
        ),
        Goal("the same: p99 of a step", f"{slowest:.1f} ms", "≤ 40 ms", slowest <= 40),
    ]


def measure_memory(engine: Engine, *, cases: int) -> Table:
    """Run many cases in one process and look at its memory on the way."""
    process = psutil.Process()
    marks = [max(1, cases * part // 10) for part in range(1, 11)]
    found: list[tuple[int, float, int]] = []
    for number in range(1, cases + 1):
        case = engine.start()
        if number % WHOLE == 0:
            for node, outcome in STEPS:
                engine.step(engine.find(case, node), outcome)
        if number in marks:
            gc.collect()
            found.append((number, process.memory_info().rss / 1e6, len(gc.get_objects())))
    first, last = found[0][1], found[-1][1]
    table = Table(
        f"Memory of one process over {cases:,} cases", ("cases done", "resident MB", "Python objects")
    )
    table.rows = [(f"{number:,}", f"{size:.1f}", f"{objects:,}") for number, size, objects in found]
    growth = last / first
    words = f"resident memory after {marks[-1]:,} cases against after {marks[0]:,}"
    more = found[-1][2] / found[0][2]
    table.goals = [
        Goal(words, f"{growth:.3f} ×", "≤ 1.02 ×", growth <= 1.02),
        Goal("the same: live Python objects", f"{more:.3f} ×", "≤ 1.02 ×", more <= 1.02),
    ]
    table.note = f"Every case is opened, every {WHOLE}th runs through all eleven steps."
    return table
