"""File names are cleaned before anyone sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.records.files.rules.names import MAX_BYTES, MAX_CHARACTERS, clean_name, with_ending


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("消防设计说明书.pdf", "消防设计说明书.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\config.pdf", "config.pdf"),
        ("/absolute/路径/图纸.dwg", "图纸.dwg"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie_ x.pdf"),
        ("发票\u202efdp.exe", "发票fdp.exe"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("what?*<is>|this:.pdf", "what___is__this_.pdf"),
        ("  spaces   here .pdf ", "spaces here.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        (".htaccess", "htaccess"),
    ],
)
def test_clean_name(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


@pytest.mark.parametrize("mark", ["a", "长", "😀"])
def test_a_name_of_300_characters_is_shortened_with_its_ending_kept(mark: str) -> None:
    name = clean_name(mark * 300 + ".docx")
    assert name.endswith(".docx")
    assert len(name) <= MAX_CHARACTERS
    assert len(name.encode()) <= MAX_BYTES


@given(st.text(max_size=400))
def test_every_cleaned_name_is_safe_and_stays_as_it_is(raw: str) -> None:
    name = clean_name(raw)
    assert name
    assert not set(name) & set('\\/:*?"<>|\x00\r\n\u202e')
    assert name not in {".", ".."}
    assert len(name.encode()) <= MAX_BYTES
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "ending", "expected"),
    [
        ("照片.pdf", "jpg", "照片.jpg"),
        ("照片", "jpg", "照片.jpg"),
        ("第1.2版说明", "pdf", "第1.2版说明.pdf"),
        ("archive.tar.gz", "zip", "archive.tar.zip"),
    ],
)
def test_with_ending(name: str, ending: str, expected: str) -> None:
    assert with_ending(name, ending) == expected
