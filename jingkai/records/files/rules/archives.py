"""ZIP containers (ZIP, Word, Excel, PowerPoint, OFD, ODF): measured entry by entry, never unpacked to disk.

A hostile archive lies: about sizes, by overlapping entries, by nesting. So the directory is bounded before
it is read, every entry is inflated through a counter that stops at the budget, and archives inside archives
share it.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from jingkai.records.files.data import KIB, MIB
from jingkai.records.files.rules.refusals import FileRefused

MAX_ENTRIES = 10_000
MAX_DIRECTORY = 8 * MIB
MAX_UNPACKED = 1024 * MIB
MAX_RATIO = 200
RATIO_FROM = 10 * MIB
MAX_DEPTH = 2
MAX_TYPES_PART = 2 * MIB
_CONTENT_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_MAIN_PARTS = (
    ("wordprocessingml.document.main", "docx"),
    ("wordprocessingml.template.main", "docx"),
    ("spreadsheetml.sheet.main", "xlsx"),
    ("spreadsheetml.template.main", "xlsx"),
    ("presentationml.presentation.main", "pptx"),
    ("presentationml.slideshow.main", "pptx"),
)
_ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"dex\n", b"\xca\xfe\xba\xbe")
_PROGRAM_ENDINGS = (
    ".exe",
    ".dll",
    ".bat",
    ".cmd",
    ".com",
    ".scr",
    ".msi",
    ".vbs",
    ".js",
    ".ps1",
    ".jar",
    ".lnk",
    ".hta",
)

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, NotImplementedError, OSError)


@dataclass(slots=True)
class Budget:
    """How much may still be unpacked and how many entries may still come, over all nested archives."""

    bytes_left: int = MAX_UNPACKED
    entries_left: int = MAX_ENTRIES


def inspect(path: Path, *, name: str) -> str:
    """Tell what a ZIP container is; refuse bombs, passwords, programs, unsafe paths and macros."""
    return _inspect(path, name=name, budget=Budget(), depth=0)


def _inspect(path: Path, *, name: str, budget: Budget, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise FileRefused("archive_bomb", name=name, found="ZIP > ZIP > ZIP")
    _check_directory(path, name=name, budget=budget)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(entries, path.stat().st_size, name=name)
            for entry in entries:
                _measure(archive, entry, name=name, budget=budget, depth=depth)
            return _kind_of(archive, name=name)
    except _DAMAGE as broken:
        raise FileRefused("archive_damaged", name=name, found=str(broken)[:80]) from broken
    except RuntimeError as locked:  # zipfile's word for a password
        raise FileRefused("encrypted", name=name) from locked


def _check_directory(path: Path, *, name: str, budget: Budget) -> None:
    """Bound the directory before `zipfile` loads it: a large one is itself a bomb."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 65_557))
        tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < 22:
            raise FileRefused("archive_damaged", name=name, found="no directory")
        entries, directory = struct.unpack_from("<HI", tail, at + 10)
        if entries == 0xFFFF or directory == 0xFFFFFFFF:
            entries, directory = _wide_directory(stream, tail, at)
    budget.entries_left -= entries
    if budget.entries_left < 0 or directory > MAX_DIRECTORY:
        raise FileRefused("archive_bomb", name=name, found=f"{entries:,}")


def _wide_directory(stream: BinaryIO, tail: bytes, at: int) -> tuple[int, int]:
    """Read entry count and size from the ZIP64 record; absurd figures where there is none."""
    locator = tail[max(0, at - 20) : at]
    if not locator.startswith(b"PK\x06\x07"):
        return 0xFFFF, 0
    stream.seek(struct.unpack_from("<Q", locator, 8)[0])
    record = stream.read(56)
    if not record.startswith(b"PK\x06\x06"):
        return MAX_ENTRIES + 1, 0
    entries, directory = struct.unpack_from("<QQ", record, 32)
    return entries, directory


def _check_entries(entries: list[zipfile.ZipInfo], size: int, *, name: str) -> None:
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.flag_bits & 0x1:
            raise FileRefused("encrypted", name=name)
        if _unsafe(entry.filename) or (entry.external_attr >> 16) & 0o170000 == 0o120000:
            raise FileRefused("archive_unsafe", name=name, found=entry.filename[:60])
        if entry.filename.lower().endswith(_PROGRAM_ENDINGS):
            raise FileRefused("program", name=name, found=entry.filename[-60:])
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused("archive_damaged", name=name, found=f"method {entry.compress_type}")
        if entry.header_offset < end or entry.header_offset + 30 + entry.compress_size > size:
            raise FileRefused("archive_bomb", name=name, found="overlapping entries")
        end = entry.header_offset + 30 + entry.compress_size


def _unsafe(filename: str) -> bool:
    parts = filename.replace("\\", "/").split("/")
    return ".." in parts or filename.startswith(("/", "\\")) or (len(filename) > 1 and filename[1] == ":")


def _measure(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, name: str, budget: Budget, depth: int
) -> None:
    """Inflate one entry into nothing (nested archives into a temporary file) and count what comes out."""
    if entry.is_dir():
        return
    total, inflate = 0, zlib.decompressobj(-15)
    head = b""
    with tempfile.SpooledTemporaryFile(max_size=256 * KIB) as nested:
        raw = _raw_stream(archive, entry)
        left = entry.compress_size
        while left > 0 and (block := raw.read(min(left, 64 * KIB))):
            left -= len(block)
            while block:
                piece = block if entry.compress_type == zipfile.ZIP_STORED else inflate.decompress(block, MIB)
                block = b"" if entry.compress_type == zipfile.ZIP_STORED else inflate.unconsumed_tail
                total += len(piece)
                head = head or piece[:8]
                _spend(entry, total, len(piece), name=name, budget=budget)
                if head.startswith(b"PK\x03\x04"):
                    nested.write(piece)
        if total != entry.file_size:
            raise FileRefused("archive_bomb", name=name, found=entry.filename[-60:])
        if head.startswith(_PROGRAM_HEADS):
            raise FileRefused("program", name=name, found=entry.filename[-60:])
        if head.startswith(b"PK\x03\x04"):
            _inspect_nested(nested, name=name, budget=budget, depth=depth)


def _spend(entry: zipfile.ZipInfo, total: int, piece: int, *, name: str, budget: Budget) -> None:
    budget.bytes_left -= piece
    swollen = total > RATIO_FROM and total > MAX_RATIO * max(entry.compress_size, 1)
    if budget.bytes_left < 0 or total > entry.file_size or swollen:
        raise FileRefused("archive_bomb", name=name, found=entry.filename[-60:])


def _raw_stream(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> BinaryIO:
    """Stand at an entry's packed bytes, past its own header."""
    stream = archive.fp
    if stream is None:
        raise ValueError("closed")
    stream.seek(entry.header_offset)
    header = stream.read(30)
    if header[:4] != b"PK\x03\x04":
        raise ValueError("no entry header")
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    stream.seek(name_length + extra_length, 1)
    return stream  # type: ignore[return-value]


def _inspect_nested(nested: IO[bytes], *, name: str, budget: Budget, depth: int) -> None:
    nested.seek(0)
    with tempfile.NamedTemporaryFile(suffix=".nested") as file:
        shutil.copyfileobj(nested, file)
        file.flush()
        _inspect(Path(file.name), name=name, budget=budget, depth=depth + 1)


def _kind_of(archive: zipfile.ZipFile, *, name: str) -> str:
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return _office_kind(archive, names, name=name)
    if "OFD.xml" in names:
        return "ofd"
    if "mimetype" in names:
        return _ODF.get(archive.read("mimetype").strip(), "zip")
    return "zip"


def _office_kind(archive: zipfile.ZipFile, names: set[str], *, name: str) -> str:
    if archive.getinfo("[Content_Types].xml").file_size > MAX_TYPES_PART:
        raise FileRefused("archive_bomb", name=name, found="[Content_Types].xml")
    try:
        root = ElementTree.fromstring(archive.read("[Content_Types].xml"))
    except (ElementTree.ParseError, DefusedXmlException) as broken:
        raise FileRefused("damaged", name=name, found="Office Open XML") from broken
    types = [str(part.get("ContentType", "")) for part in root.iter() if part.tag.startswith(_CONTENT_TYPES)]
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
        raise FileRefused("macros", name=name)
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise FileRefused("macros", name=name)
    found = (code for kind in types for main, code in _MAIN_PARTS if main in kind)
    code = next(found, None)
    if code is None:
        raise FileRefused("unknown", name=name, found="Office Open XML")
    return code
