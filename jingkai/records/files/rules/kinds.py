"""Which kind a file is, by its content; its name is only a claim."""

from __future__ import annotations

import re
from pathlib import Path

import puremagic

from jingkai.records.files.data import FileKind
from jingkai.records.files.rules import archives, compound, pictures
from jingkai.records.files.rules.catalogue import KINDS
from jingkai.records.files.rules.names import split_name
from jingkai.records.files.rules.refusals import FileRefused

HEAD = 8192
TAIL = 4096
_PROGRAMS = (
    (b"MZ", "Windows program"),
    (b"\x7fELF", "Linux program"),
    (b"\xca\xfe\xba\xbe", "Java or macOS program"),
    (b"\xfe\xed\xfa\xce", "macOS program"),
    (b"\xfe\xed\xfa\xcf", "macOS program"),
    (b"\xcf\xfa\xed\xfe", "macOS program"),
    (b"\xce\xfa\xed\xfe", "macOS program"),
    (b"dex\n", "Android program"),
    (b"\0asm", "WebAssembly program"),
    (b"L\0\0\0\x01\x14\x02\0", "Windows shortcut"),
)
_SCRIPT_ENDINGS = {
    *(
        "bat",
        "cmd",
        "com",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "mjs",
        "wsf",
        "wsh",
        "hta",
        "sh",
        "bash",
    ),
    *(
        "py",
        "pyw",
        "pl",
        "rb",
        "php",
        "phtml",
        "jsp",
        "jspx",
        "asp",
        "aspx",
        "reg",
        "inf",
        "scr",
        "lua",
        "url",
    ),
}
_PROGRAM_ENDINGS = {
    "exe",
    "dll",
    "sys",
    "msi",
    "msix",
    "jar",
    "apk",
    "ipa",
    "app",
    "deb",
    "rpm",
    "cpl",
    "lnk",
}
_WEB = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|iframe|object|embed)[\s>]", re.IGNORECASE)
_SVG = re.compile(rb"<\s*([a-z]+:)?svg[\s>]", re.IGNORECASE)
_SCRIPT = re.compile(rb"^(\xef\xbb\xbf)?\s*(#!|<\?php|<%@|@echo off)", re.IGNORECASE)


def recognise(path: Path, *, name: str, size: int) -> FileKind:
    """Tell the kind of a file by looking into it; raises `FileRefused` for what is never taken in.

    Containers are opened and measured without being unpacked to disk; pictures are asked for their dimensions
    without being decoded.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(max(0, size - TAIL))
        tail = stream.read(TAIL)
    refuse_programs(head, name=name)
    if b"%PDF-" in head[:1024]:
        if b"%%EOF" not in tail:
            raise FileRefused("damaged", name=name, found="PDF")
        return KINDS["pdf"]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return KINDS[archives.inspect(path, name=name)]
    if head.startswith(compound.SIGNATURE):
        return KINDS[compound.inspect(path, name=name)]
    picture = pictures.inspect(path, head, name=name)
    if picture:
        return KINDS[picture]
    plain = _signature(head) or _text(path, head, name=name)
    if plain:
        return KINDS[plain]
    raise FileRefused("unknown", name=name, found=_looks_like(head))


def refuse_programs(head: bytes, *, name: str) -> None:
    """Refuse what a computer would run, by its first bytes or, for text, by its ending."""
    for signature, found in _PROGRAMS:
        if head.startswith(signature):
            raise FileRefused("program", name=name, found=found)
    ending = split_name(name)[1][1:].lower()
    if ending in _PROGRAM_ENDINGS:
        raise FileRefused("program", name=name, found=f".{ending}")
    if ending in _SCRIPT_ENDINGS or _SCRIPT.match(head):
        raise FileRefused("script", name=name, found=f".{ending}" if ending else "#!")


def _signature(head: bytes) -> str | None:
    if re.match(rb"AC10[0-9]{2}", head):
        return "dwg"
    if head[4:8] == b"ftyp" and head[8:12] in {b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  "}:
        return "mp4"
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] in {0xFB, 0xF3, 0xF2}):
        return "mp3"
    return None


def _text(path: Path, head: bytes, *, name: str) -> str | None:
    """Tell readable text from bytes; web pages, drawings with script and clever XML are refused."""
    if b"\0" in head or not _decodes(path):
        return None
    if _SVG.search(head):
        raise FileRefused("svg", name=name)
    if _WEB.search(head):
        raise FileRefused("web_page", name=name)
    ending = split_name(name)[1][1:].lower()
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise FileRefused("doctype", name=name)
        return "xml"
    return "csv" if ending == "csv" else "txt"


def _decodes(path: Path) -> bool:
    """True where the whole file is UTF-8 or GB 18030 text without control characters."""
    return any(_decodes_as(path, encoding) for encoding in ("utf-8-sig", "gb18030"))


def _decodes_as(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as stream:
            while block := stream.read(1 << 20):
                if any(ord(mark) < 32 and mark not in "\t\r\n\f" for mark in block):
                    return False
    except UnicodeDecodeError:
        return False
    return True


def _looks_like(head: bytes) -> str:
    try:
        return str(puremagic.magic_string(head)[0].name) or "?"
    except (puremagic.PureError, ValueError, IndexError):
        return "?"
