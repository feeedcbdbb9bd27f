"""Where the things lie that all machines of an installation share; one machine alone has no such place."""

from __future__ import annotations

from collections.abc import Callable

from jingkai.kernel.hooks.data import Shelf

Opener = Callable[[], Shelf | None]
_openers: list[Opener] = []


def shelve_with(opener: Opener) -> None:
    """Name who opens the shelf: records, which speak to the bucket, stand above."""
    _openers[:] = [opener]


def shelf() -> Shelf | None:
    """Give the shelf of this installation, or None where it has none."""
    return _openers[0]() if _openers else None
