"""Pictures: asked for their dimensions, never decoded here."""

from __future__ import annotations

import warnings
from pathlib import Path

from jingkai.records.files.rules.refusals import FileRefused

MAX_PIXELS = 100_000_000
_HEADS = (
    (b"\xff\xd8\xff", "jpeg", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "png", "PNG"),
    (b"GIF87a", "gif", "GIF"),
    (b"GIF89a", "gif", "GIF"),
    (b"BM", "bmp", "BMP"),
    (b"II*\0", "tiff", "TIFF"),
    (b"MM\0*", "tiff", "TIFF"),
)


def inspect(path: Path, head: bytes, *, name: str) -> str | None:
    """Tell the kind of a picture, or None where it is none; refuse damaged ones and decompression bombs."""
    found = next(((kind, form) for start, kind, form in _HEADS if head.startswith(start)), None)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = ("webp", "WEBP")
    if found is None:
        return None
    kind, form = found
    from PIL import Image, UnidentifiedImageError

    try:
        width, height = _measure(path, form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise FileRefused("picture_bomb", name=name, found="> 100,000,000") from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as broken:
        if form == "BMP":
            return None
        raise FileRefused("damaged", name=name, found=form) from broken
    if width * height > MAX_PIXELS:
        raise FileRefused("picture_bomb", name=name, found=f"{width:,} × {height:,}")
    return kind


def _measure(path: Path, form: str) -> tuple[int, int]:
    """Read width and height from the headers."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(path, formats=[form]) as picture:
            return picture.size
