"""Steps per second of every engine on the same approval, taking turns so that noise meets all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

import psutil
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.lists import count_queries
from benchmarks.report import Table
from benchmarks.story import STEPS, Engine

CASES_A_ROUND = 6
MOST_QUERIES = 16


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
        case = one.engine.start()
        for node, outcome in STEPS:
            task = one.engine.find(case, node)
            start = time.perf_counter()
            one.engine.step(task, outcome)
            one.seconds.append(time.perf_counter() - start)
    one.rounds.append(sum(one.seconds[began:]))


def _table(times: Sequence[_Times]) -> Table:
    alone = times[0]
    table = Table(
        "The engine: one approval of eleven steps, one durable transaction a step",
        (
            "engine",
            "queries a step",
            "ms a step, median",
            "p95",
            "steps/s",
            "times slower than our engine alone",
        ),
    )
    ratios = {}
    for one in times:
        ratios[one.engine.name] = median(a / b for a, b in zip(one.rounds, alone.rounds, strict=True))
        table.rows.append(
            (
                one.engine.name,
                f"{sum(one.queries) / len(one.queries):.1f}",
                f"{median(one.seconds) * 1000:.2f}",
                f"{quantiles(one.seconds, n=20)[-1] * 1000:.2f}",
                f"{len(one.seconds) / sum(one.seconds):.0f}",
                f"{ratios[one.engine.name]:.2f}",
            )
        )
    everything, spiff, viewflow = times[1], times[2], times[3]
    most = max(everything.queries)
    spiff_ratio, viewflow_ratio = ratios[spiff.engine.name], ratios[viewflow.engine.name]
    table.goals = [
        (
            f"engine alone at least 1.4 times SpiffWorkflow's steps a second ({spiff_ratio:.2f})",
            spiff_ratio >= 1.4,
        ),
        (
            f"engine alone at least 2.5 times viewflow's steps a second ({viewflow_ratio:.2f})",
            viewflow_ratio >= 2.5,
        ),
        (
            f"at most {MOST_QUERIES} queries in any step with trail, access rows and events ({most})",
            most <= MOST_QUERIES,
        ),
    ]
    table.note = (
        f"{len(alone.rounds)} rounds of {CASES_A_ROUND} cases each, engines taking turns; the ratio is the "
        "median over rounds. BEGIN and COMMIT are not counted as queries."
    )
    return table


def measure_memory(engine: Engine, *, cases: int) -> Table:
    """Run many cases to their end in one process and look at its memory on the way."""
    process = psutil.Process()
    marks = [max(1, cases * part // 10) for part in range(1, 11)]
    found: list[tuple[int, float]] = []
    for number in range(1, cases + 1):
        case = engine.start()
        for node, outcome in STEPS if number % 50 == 0 else STEPS[:1]:
            engine.step(engine.find(case, node), outcome)
        if number in marks:
            gc.collect()
            found.append((number, process.memory_info().rss / 1e6))
    first, last = found[0][1], found[-1][1]
    table = Table(f"Memory of one process over {cases:,} cases", ("cases done", "resident MB"))
    table.rows = [(f"{number:,}", f"{size:.1f}") for number, size in found]
    table.goals = [
        (
            f"flat: at most 2 % more after the last case than after a tenth ({last / first:.3f})",
            last <= first * 1.02,
        )
    ]
    table.note = "Every fiftieth case runs through all eleven steps, the others are started and go one step."
    return table
