"""For other apps' tests: see what was published, run what is due, subscribe for the length of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jingkai.kernel.events import operations
from jingkai.kernel.events.jobs import run_jobs
from jingkai.kernel.events.operations import watching

__all__ = ["run_jobs", "subscribed", "watching"]


@contextmanager
def subscribed(kind: type, handler: str) -> Iterator[None]:
    """Subscribe a handler for the length of a block."""
    before = {key: list(items) for key, items in operations._subscribers.items()}
    operations.subscribe(kind, handler)
    try:
        yield
    finally:
        operations._subscribers.clear()
        operations._subscribers.update(before)
