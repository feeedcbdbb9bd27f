"""Where work says what it does, for whoever follows it; nobody does unless the installation asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

Tracer = Callable[[str, str, Mapping[str, Any]], AbstractContextManager[Any]]
_tracers: list[Tracer] = []
_NOTHING: AbstractContextManager[Any] = nullcontext()


def trace_with(tracer: Tracer | None) -> None:
    """Name who follows what is done (name, kind, facts); None: nobody."""
    _tracers[:] = [tracer] if tracer else []


def traced(name: str, *, kind: str = "internal", **facts: Any) -> AbstractContextManager[Any]:
    """Follow a piece of work for the length of a block; facts hold no personal data."""
    return _tracers[0](name, kind, facts) if _tracers else _NOTHING
