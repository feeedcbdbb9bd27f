"""Twenty slow uploads at once at the real server (Granian, as `jingkai serve` starts it), and its pages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from statistics import median

from django.conf import settings

from benchmarks.installation import HOME, Installation
from benchmarks.measuring import percentile
from benchmarks.report import Goal, Table
from benchmarks.server import SlowSender, free_port, get, serving
from jingkai.records.files.testing import PDF

SENDERS = 20
SECONDS = 15.0
SIZE = 1024 * 1024
BODY = PDF.replace(b"\n", b"\n%" + b"." * SIZE + b"\n", 1)
SLOWEST = 200


def measure_uploads(
    installation: Installation, *, pages: Mapping[str, tuple[str, str]], upload: tuple[str, str], cases: int
) -> Table:
    """Open pages one after the other, first alone, then beside the uploads until the last has arrived.

    `pages` are (path, session cookie) by name, `upload` is where files may be sent to, and as whom.
    """
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": installation.url(),
        "DJANGO_SETTINGS_MODULE": "jingkai.config.settings",
        "JINGKAI_HOME": str(HOME),
        "PORT": str(port),
    }
    with serving(port, environment, HOME / "serve.log"):
        for _warm in range(6):
            _round(port, pages, {name: [] for name in pages})
        until = time.perf_counter() + SECONDS
        without = _visit(port, pages, lambda: time.perf_counter() < until)
        senders = [_sender(port, number, *upload) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        beside = _visit(port, pages, lambda: any(sender.is_alive() for sender in senders))
    refused = [sender.error for sender in senders if sender.status != 201]
    if refused:
        raise AssertionError(f"{len(refused)} uploads failed: {refused[0]}")
    return _table(without, beside, cases)


def _sender(port: int, number: int, path: str, cookie: str) -> SlowSender:
    """Every line has a speed of its own: they begin together and end over six seconds, as people's do."""
    name, seconds = settings.CSRF_COOKIE_NAME, SECONDS * (0.8 + 0.4 * number / SENDERS)
    return SlowSender(port, path, BODY, cookie=cookie, csrf_cookie=name, seconds=seconds)


def _visit(
    port: int, pages: Mapping[str, tuple[str, str]], going: Callable[[], bool]
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in pages}
    while going():
        _round(port, pages, times)
    return times


def _round(port: int, pages: Mapping[str, tuple[str, str]], times: dict[str, list[float]]) -> None:
    for name, (path, cookie) in pages.items():
        status, took = get(port, path, cookie)
        if status != 200:
            raise AssertionError(f"{path} answered {status}")
        times[name].append(took)


def _table(without: dict[str, list[float]], beside: dict[str, list[float]], cases: int) -> Table:
    table = Table(
        f"Pages of the real server during {SENDERS} slow uploads, {cases:,} cases",
        ("page", "opened", "alone: ms p50 / p99", "during uploads: ms p50 / p99", "ratio p50", "ratio p99"),
    )
    rows = {name: (without[name], beside[name]) for name in without}
    rows["all together"] = (_together(without), _together(beside))
    for name, (alone, during) in rows.items():
        table.rows.append(
            (
                name,
                f"{len(alone)} + {len(during)}",
                f"{median(alone) * 1000:.0f} / {percentile(alone, 99) * 1000:.0f}",
                f"{median(during) * 1000:.0f} / {percentile(during, 99) * 1000:.0f}",
                f"{median(during) / median(alone):.2f}",
                f"{percentile(during, 99) / percentile(alone, 99):.2f}",
            )
        )
    slowest = percentile(rows["all together"][1], 99) * 1000
    table.goals = [
        Goal(
            f"pages during {SENDERS} slow uploads: p99",
            f"{slowest:.0f} ms",
            f"< {SLOWEST} ms",
            slowest < SLOWEST,
        )
    ]
    table.note = (
        f"Each upload sends {SIZE // 1024 // 1024} MB in pieces over {SECONDS:.0f} s; all {SENDERS} were "
        "taken, looked into and attached. Pages are opened one after the other by one visitor without "
        "keep-alive, until the last upload was answered. Senders, visitor, server (Granian, as many workers "
        "as cores) and database share the machine."
    )
    return table


def _together(times: dict[str, list[float]]) -> list[float]:
    return [took for each in times.values() for took in each]
