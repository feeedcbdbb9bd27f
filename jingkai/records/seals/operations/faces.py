"""Drawing the round face of a seal."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from jingkai.records.seals.data import SealFace
from jingkai.records.typesetting.api import render


def draw_face(face: SealFace, *, at: datetime) -> bytes:
    """Draw a seal as a one-page PDF with a transparent ground."""
    return render("seals/seal", face_data(face), at=at)


def face_data(face: SealFace) -> dict[str, Any]:
    """Give a face as its template reads it."""
    return dataclasses.asdict(face)
