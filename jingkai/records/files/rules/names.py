"""File names as people may read them and disks may bear them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

MAX_CHARACTERS = 120
MAX_BYTES = 240
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def clean_name(raw: str) -> str:
    """Turn a claimed file name into one that is safe to show, store and download.

    Folders before the name are dropped (`../../etc/passwd` → `passwd`), control and invisible characters that
    turn the reading direction are removed, a long name is shortened with its ending kept; an empty one
    becomes `file`. Chinese stays as it is.
    """
    text = unicodedata.normalize("NFC", raw).replace("\\", "/")
    text = text.rsplit("/", 1)[-1]
    text = "".join(" " if mark.isspace() else mark for mark in text if _readable(mark))
    text = re.sub(r" +", " ", _FORBIDDEN.sub("_", text)).strip(" .")
    if not text:
        return "file"
    if _RESERVED.fullmatch(text):
        text = f"_{text}"
    return shorten(text)


def _readable(mark: str) -> bool:
    """Leave out control (Cc), direction and joiner (Cf), private (Co) and broken (Cs, Cn) characters."""
    return mark.isspace() or unicodedata.category(mark) not in {"Cc", "Cf", "Co", "Cs", "Cn"}


def shorten(name: str) -> str:
    """Cut a long name in front of its ending, so that it fits every file system."""
    stem, ending = split_name(name)
    ending = ending[:20]
    while len(stem) + len(ending) > MAX_CHARACTERS or len((stem + ending).encode()) > MAX_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip(' .') or 'file'}{ending}"


def split_name(name: str) -> tuple[str, str]:
    """Split a name into stem and ending (`.pdf`, with its dot, as written)."""
    suffix = PurePosixPath(name).suffix
    return (name[: -len(suffix)], suffix) if suffix else (name, "")


def with_ending(name: str, ending: str) -> str:
    """Give a name the ending of its true kind."""
    stem, old = split_name(name)
    keeps_old = len(old) > 8 or not old[1:].isalnum() or not old.isascii()
    return shorten(f"{name if keeps_old else stem}.{ending}")
