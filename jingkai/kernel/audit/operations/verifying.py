"""Verifying the trail at any machine: what others signed is brought here first."""

from __future__ import annotations

from pathlib import Path

from jingkai.kernel.audit.data import Stream, Verification
from jingkai.kernel.audit.operations.shelving import bring_over
from jingkai.kernel.audit.queries import exports, verification


def verify(
    *, stream: Stream | None = None, key: str = "", progress: verification.Progress | None = None
) -> Verification:
    """Verify the whole trail, or one stream of it; see `queries.verification`. Error: ShelfAway."""
    bring_over()
    return verification.verify(stream=stream, key=key, progress=progress)


def export_whole(target: Path) -> int:
    """Write the whole trail, its checkpoints and public keys into a new folder. Error: ShelfAway."""
    bring_over()
    return exports.export_whole(target)
