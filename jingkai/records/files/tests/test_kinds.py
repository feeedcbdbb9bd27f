"""A file is what its content is; what may hurt is refused in words."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO

import docx
import openpyxl
import pytest
from PIL import Image

from jingkai.records.files.api import FileRefused, receive_bytes
from jingkai.records.files.rules.catalogue import KINDS, accept_attribute
from jingkai.records.files.rules.refusals import REASONS
from jingkai.records.files.testing import PDF, zipped


def word() -> bytes:
    saved = BytesIO()
    docx.Document().save(saved)
    return saved.getvalue()


def sheet() -> bytes:
    saved = BytesIO()
    openpyxl.Workbook().save(saved)
    return saved.getvalue()


def picture(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    saved = BytesIO()
    Image.new("RGB", size, "white").save(saved, form)
    return saved.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes would inflate to."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def compound(*entries: str) -> bytes:
    """An OLE compound file with these directory entries."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    sectors = (len(entries) + 1 + 3) // 4
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    directory = bytearray(sectors * 512)
    for place, name in enumerate(("Root Entry", *entries)):
        text = name.encode("utf-16-le") + b"\0\0"
        directory[place * 128 : place * 128 + len(text)] = text
        struct.pack_into("<H", directory, place * 128 + 64, len(text))
    return bytes(header) + table + bytes(directory)


def office(main: str, **more: bytes) -> bytes:
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="application/vnd.{main}+xml"/></Types>'
    )
    return zipped({"[Content_Types].xml": types.encode(), "word/document.xml": b"<x/>", **more})


ACCEPTED = [
    ("说明.pdf", PDF, "pdf"),
    ("说明.docx", word(), "docx"),
    ("清单.xlsx", sheet(), "xlsx"),
    ("照片.jpg", picture("JPEG"), "jpeg"),
    ("照片.JPEG", picture("JPEG"), "jpeg"),
    ("图.png", picture("PNG"), "png"),
    ("图.tif", picture("TIFF"), "tiff"),
    ("图.bmp", picture("BMP"), "bmp"),
    ("图.webp", picture("WEBP"), "webp"),
    ("旧.doc", compound("WordDocument"), "doc"),
    ("旧.wps", compound("WordDocument"), "doc"),
    ("旧.xls", compound("Workbook"), "xls"),
    ("旧.et", compound("Workbook"), "xls"),
    ("旧.ppt", compound("PowerPoint Document", "Pictures"), "ppt"),
    ("图纸.dwg", b"AC1032" + bytes(200), "dwg"),
    ("版式.ofd", zipped({"OFD.xml": b"<x/>", "Doc_0/Document.xml": b"<x/>"}), "ofd"),
    ("图纸.zip", zipped({"图纸/一层.dwg": b"AC1032", "图纸/说明.txt": b"x"}), "zip"),
    ("说明.txt", "建筑面积 18620 平方米\n".encode(), "txt"),
    ("说明.txt", "建筑面积 18620 平方米\n".encode("gb18030"), "txt"),
    ("清单.csv", "名称,数量\n消火栓,12\n".encode("utf-8-sig"), "csv"),
    ("数据.xml", b'<?xml version="1.0"?><a/>', "xml"),
]


@pytest.mark.parametrize(("name", "content", "kind"), ACCEPTED)
def test_real_files_are_recognised(name: str, content: bytes, kind: str) -> None:
    upload = receive_bytes(content, name=name)
    assert (upload.kind.code, upload.name, upload.remark) == (kind, name, "")


@pytest.mark.parametrize(
    ("name", "content", "kind", "kept_as"),
    [
        ("营业执照.pdf", picture("JPEG"), "jpeg", "营业执照.jpg"),
        ("营业执照.jpg", PDF, "pdf", "营业执照.pdf"),
        ("表格.doc", word(), "docx", "表格.docx"),
        ("表格.zip", sheet(), "xlsx", "表格.xlsx"),
        ("图.png", picture("JPEG"), "jpeg", "图.jpg"),
    ],
)
def test_a_wrong_ending_is_corrected_and_noted(name: str, content: bytes, kind: str, kept_as: str) -> None:
    upload = receive_bytes(content, name=name)
    assert (upload.kind.code, upload.name, upload.remark) == (kind, kept_as, "type_corrected")


def test_a_missing_ending_is_added_without_a_note() -> None:
    upload = receive_bytes(PDF, name="说明书")
    assert (upload.name, upload.remark) == ("说明书.pdf", "")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = [
    ("图纸.pdf", b"MZ\x90\0" + bytes(200), "program"),
    ("照片.jpg", b"\x7fELF" + bytes(200), "program"),
    ("installer.msi", compound("Root"), "program"),
    ("快捷方式.pdf", b"L\0\0\0\x01\x14\x02\0" + bytes(100), "program"),
    ("说明.bat", b"@echo off\r\ndel *.*", "script"),
    ("说明.txt", b"#!/bin/sh\nrm -rf /", "script"),
    ("说明.pdf", b"<?php system('id'); ?>", "script"),
    ("页面.js", b"alert(1)", "script"),
    ("页面.pdf", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "web_page"),
    ("页面.txt", b"hello <iframe src=x>", "web_page"),
    ("图.svg", SVG, "svg"),
    ("图.png", b'<?xml version="1.0"?>\n' + SVG, "svg"),
    ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>', "svg"),
    (
        "数据.xml",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "doctype",
    ),
    ("空.pdf", b"", "empty"),
    ("截断.pdf", PDF[:30], "damaged"),
    ("坏.jpg", b"\xff\xd8\xff\xe0" + bytes(50), "damaged"),
    ("坏.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "damaged"),
    ("炸弹.png", huge_png(60_000, 60_000), "picture_bomb"),
    ("炸弹.png", huge_png(12_000, 12_000), "picture_bomb"),
    ("宏.docm", office("ms-word.document.macroEnabled.main"), "macros"),
    (
        "宏.docx",
        office(
            "openxmlformats-officedocument.wordprocessingml.document.main", **{"word/vbaProject.bin": b"x"}
        ),
        "macros",
    ),
    ("宏.doc", compound("WordDocument", "Macros", "VBA"), "macros"),
    ("宏.xls", compound("Workbook", "_VBA_PROJECT_CUR"), "macros"),
    ("加密.docx", compound("EncryptedPackage", "EncryptionInfo"), "encrypted"),
    ("压缩.rar", b"Rar!\x1a\x07\x01\x00" + bytes(50), "unknown"),
    ("压缩.7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), "unknown"),
    ("随机.pdf", random.Random(1).randbytes(5000), "unknown"),
    ("别的.doc", compound("SomethingElse"), "unknown"),
]


@pytest.mark.parametrize(("name", "content", "code"), REFUSED)
def test_what_may_hurt_is_refused_in_words(
    name: str, content: bytes, code: str, files_folder: object
) -> None:
    with pytest.raises(FileRefused) as refused:
        receive_bytes(content, name=name)
    assert refused.value.code == code
    assert name in str(refused.value.sentence)
    assert "%(" not in f"{refused.value.sentence}{refused.value.advice}"
    assert refused.value.advice
    assert not list(files_folder.glob("incoming/*"))  # type: ignore[attr-defined]


def test_a_place_takes_only_its_kinds() -> None:
    with pytest.raises(FileRefused) as refused:
        receive_bytes(word(), name="说明.docx", kinds=("pdf", "jpeg"))
    assert refused.value.code == "not_here"
    assert "PDF, JPG" in str(refused.value.advice)


def test_every_reason_can_be_said() -> None:
    for code in REASONS:
        refused = FileRefused(code, name="甲.pdf", found="x", limit="1 MB", accepted="PDF")
        assert "甲.pdf" in str(refused.sentence) or code in {"disk_full", "disk_closed", "busy", "too_many"}


def test_the_accept_attribute_lists_every_ending() -> None:
    assert accept_attribute(("pdf", "jpeg")) == ".pdf,.jpg,.jpeg,.jpe,.jfif"
    assert all(kind.code == code for code, kind in KINDS.items())
