"""Hostile archives are found out without being unpacked."""

from __future__ import annotations

import struct
import time
import zipfile
from io import BytesIO

import pytest

from jingkai.records.files.api import FileRefused, receive_bytes
from jingkai.records.files.rules import archives
from jingkai.records.files.testing import PDF, zipped

MIB = 1024 * 1024


def code_of(content: bytes, name: str = "资料.zip") -> str:
    with pytest.raises(FileRefused) as refused:
        receive_bytes(content, name=name)
    return refused.value.code


def test_an_ordinary_archive_with_nested_office_files_is_taken() -> None:
    inner = zipped({"OFD.xml": b"<x/>"})
    assert receive_bytes(zipped({"a/b.ofd": inner, "c.pdf": PDF}), name="资料.zip").kind.code == "zip"


def test_a_bomb_of_one_entry_is_found_early() -> None:
    bomb = zipped({"zeros.txt": bytes(400 * MIB)})
    assert len(bomb) < MIB
    began = time.process_time()
    assert code_of(bomb) == "archive_bomb"
    assert time.process_time() - began < 2


def test_a_bomb_dressed_as_word_is_found() -> None:
    assert code_of(
        zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": bytes(60 * MIB)}), "a.docx"
    ) == ("archive_bomb")


def test_a_total_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 4 * MIB)
    monkeypatch.setattr(archives.Budget, "__init__", _small_budget)
    stored = zipped({f"{n}.bin": bytes([n]) * MIB for n in range(5)}, method=zipfile.ZIP_STORED)
    assert code_of(stored) == "archive_bomb"


def _small_budget(self: archives.Budget) -> None:
    self.bytes_left, self.entries_left = 4 * MIB, 100


def test_archives_in_archives_in_archives_are_refused() -> None:
    nested = zipped({"x.txt": b"x"})
    for depth in range(4):
        nested = zipped({f"{depth}.zip": nested})
    assert code_of(nested) == "archive_bomb"


def test_nested_archives_share_one_budget() -> None:
    inner = zipped({"zeros.txt": bytes(30 * MIB)})
    assert code_of(zipped({f"{n}.zip": inner for n in range(3)})) == "archive_bomb"


def test_too_many_entries_are_refused_before_the_directory_is_read() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(archives.MAX_ENTRIES + 1):
            packed.writestr(f"{number}", b"")
    assert code_of(archive.getvalue()) == "archive_bomb"


def test_a_lying_size_is_found() -> None:
    content = bytearray(zipped({"a.txt": b"a" * 5000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    assert code_of(bytes(content)) == "archive_bomb"


def test_overlapping_entries_are_refused() -> None:
    content = bytearray(zipped({"a.txt": b"a" * 3000, "b.txt": b"b" * 3000}))
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 0)
    assert code_of(bytes(content)) in {"archive_bomb", "archive_damaged"}


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "..\\x.txt", "C:\\x.txt"])
def test_entries_outside_their_folder_are_refused(name: str) -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(zipfile.ZipInfo(name), b"x")
    assert code_of(archive.getvalue()) == "archive_unsafe"


def test_a_symbolic_link_is_refused() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, b"/etc/passwd")
    assert code_of(archive.getvalue()) == "archive_unsafe"


def test_a_password_is_told() -> None:
    content = bytearray(zipped({"a.txt": b"secret"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature)
        struct.pack_into("<H", content, at + offset, 1)
    assert code_of(bytes(content)) == "encrypted"


@pytest.mark.parametrize(
    "entries", [{"setup.exe": b"x"}, {"说明.pdf": b"MZ" + bytes(100)}, {"a/run.bat": b"x"}, {"x.lnk": b"x"}]
)
def test_a_program_inside_is_named(entries: dict[str, bytes]) -> None:
    with pytest.raises(FileRefused) as refused:
        receive_bytes(zipped(entries), name="资料.zip")
    assert refused.value.code == "program"
    assert next(iter(entries))[-6:] in str(refused.value.sentence)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + bytes(100),
        zipped({"a.txt": b"x" * 1000})[:-10],
        zipped({"a.txt": b"x" * 1000})[20:],
        b"PK\x05\x06" + b"\xff" * 18,
        zipped({"a.txt": b"x"}, method=zipfile.ZIP_LZMA),
    ],
)
def test_damaged_archives_are_refused_without_a_crash(content: bytes) -> None:
    assert code_of(content) in {"archive_damaged", "unknown", "archive_bomb"}
