"""Matters that staff start themselves: the shipped flows, published from the first day."""

from __future__ import annotations

from datetime import datetime

from jingkai.casework.designer import api as designer
from jingkai.kernel.permissions.data import SYSTEM

FLOWS = ("leave", "seal")


def seed(at: datetime) -> None:
    """Publish each shipped flow once."""
    for code in FLOWS:
        designer.offer_template(code=code, by=SYSTEM, at=at)
