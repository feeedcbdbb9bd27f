"""Old Office and WPS files (OLE compound files): which program's, with macros or a password or not."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jingkai.records.files.rules.refusals import FileRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFF0
_MAX_DIRECTORY_SECTORS = 4096
_KINDS = {"worddocument": "doc", "workbook": "xls", "book": "xls", "powerpoint document": "ppt"}
_MACROS = {"_vba_project_cur", "macros", "vba", "_vba_project"}
_PASSWORD = {"encryptedpackage", "encryptioninfo"}


def inspect(path: Path, *, name: str) -> str:
    """Tell doc, xls or ppt by the streams inside; refuse macros, passwords and everything else."""
    try:
        with path.open("rb") as stream:
            entries = {entry.lower() for entry in _entry_names(stream)}
    except (struct.error, ValueError, IndexError) as broken:
        raise FileRefused("damaged", name=name, found="Office 97-2003") from broken
    if entries & _PASSWORD:
        raise FileRefused("encrypted", name=name)
    kind = next((kind for entry, kind in _KINDS.items() if entry in entries), None)
    if kind is None:
        raise FileRefused("unknown", name=name, found="OLE")
    if entries & _MACROS:
        raise FileRefused("macros", name=name)
    return kind


def _entry_names(stream: BinaryIO) -> Iterator[str]:
    header = stream.read(512)
    sector_size: int = 1 << struct.unpack_from("<H", header, 30)[0]
    if sector_size not in (512, 4096):
        raise ValueError("sector size")
    first_directory: int = struct.unpack_from("<I", header, 48)[0]
    fat_sectors = [sector for sector in struct.unpack_from("<109I", header, 76) if sector < _END]
    sector, seen = first_directory, 0
    while sector < _END and seen < _MAX_DIRECTORY_SECTORS:
        content = _sector(stream, sector, sector_size)
        for start in range(0, len(content) - 127, 128):
            length: int = struct.unpack_from("<H", content, start + 64)[0]
            if 2 <= length <= 64:
                yield content[start : start + length - 2].decode("utf-16-le", errors="replace")
        sector, seen = _next_sector(stream, sector, fat_sectors, sector_size), seen + 1


def _sector(stream: BinaryIO, number: int, sector_size: int) -> bytes:
    stream.seek((number + 1) * sector_size)
    return stream.read(sector_size)


def _next_sector(stream: BinaryIO, sector: int, fat_sectors: list[int], sector_size: int) -> int:
    """Follow the chain through the allocation table; the first 109 table sectors cover files up to 6.8 MB.

    A directory further out cannot be followed and ends the walk: the file is then judged by what was seen.
    """
    per_sector = sector_size // 4
    place, offset = divmod(sector, per_sector)
    if place >= len(fat_sectors):
        return _END
    table = _sector(stream, fat_sectors[place], sector_size)
    following: int = struct.unpack_from("<I", table, offset * 4)[0]
    return following
