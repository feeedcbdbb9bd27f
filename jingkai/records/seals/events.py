"""What happened to seals: ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SealArrived:
    """A paper came back sealed from the state seal service; its use stands in the ledger."""

    sealing_id: int
    subject_kind: str
    subject_id: int
