"""Drawing the round face of a seal."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any

from jingkai.records.seals.data import SealFace
from jingkai.records.typesetting.api import draw


@lru_cache(maxsize=32)
def draw_face(face: SealFace) -> bytes:
    """Draw a seal as a one-page PDF with a transparent ground; once in each process, for it never changes."""
    return draw("seals/seal", face_data(face), form="pdf")


def face_data(face: SealFace) -> dict[str, Any]:
    """Give a face as its template reads it."""
    return dataclasses.asdict(face)
