"""The paper measured: GB/T 9704-2012's text block, 22 lines of 28 characters, on A4."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from jingkai.records.typesetting import api, queries
from jingkai.records.typesetting.data import Letter, paragraph

AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
MM = 25.4 / 72
FANDOL = [folder for folder in queries.font_folders() if (folder / "FandolFang-Regular.otf").exists()]
CHARACTER = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


def full_page(template: str) -> Letter | dict[str, Any]:
    """Words for three full pages of one character."""
    words = {
        "agency": "示范经济开发区管理委员会",
        "title": "测试",
        "blocks": (paragraph("国" * 1800),),
        "number": "示开测〔2026〕1号",
    }
    return Letter(**words) if template.endswith("letter") else {**words, "blocks": [paragraph("国" * 1800)]}  # type: ignore[arg-type]


def measure(pdf: bytes, page: int, tmp_path: Path) -> list[tuple[float, float, float, int]]:
    """Give every line of a page: left, right and bottom in mm, and how many characters it holds."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-bbox", path, "-"]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    lines: dict[float, list[tuple[float, float, int]]] = defaultdict(list)
    for left, _top, right, bottom, word in CHARACTER.findall(told):
        if set(word) == {"国"}:
            lines[round(float(bottom) * MM, 1)].append((float(left) * MM, float(right) * MM, len(word)))
    return [
        (min(w[0] for w in words), max(w[1] for w in words), bottom, sum(w[2] for w in words))
        for bottom, words in sorted(lines.items())
    ]


@pytest.mark.parametrize("template", ["typesetting/letter", "typesetting/redhead"])
def test_a_full_page_has_22_lines_of_28_characters(template: str, tmp_path: Path) -> None:
    lines = measure(api.render(template, full_page(template), at=AT), 2, tmp_path)
    assert len(lines) == 22
    assert {count for _left, _right, _bottom, count in lines} == {28}


def test_the_text_block_is_156_by_225_millimetres(tmp_path: Path) -> None:
    lines = measure(api.render("typesetting/letter", full_page("letter"), at=AT), 2, tmp_path)
    assert all(abs(left - 28) < 0.6 and abs(right - 184) < 0.6 for left, right, _bottom, _count in lines)
    pitches = [below[2] - above[2] for above, below in pairwise(lines)]
    assert all(abs(pitch - 225 / 22) < 0.15 for pitch in pitches)


def test_the_pages_share_one_grid(tmp_path: Path) -> None:
    pdf = api.render("typesetting/letter", full_page("letter"), at=AT)
    first, second = measure(pdf, 1, tmp_path), measure(pdf, 2, tmp_path)
    on_second = [line[2] for line in second]
    assert first
    assert all(min(abs(line[2] - there) for there in on_second) < 0.4 for line in first)


def test_the_first_page_carries_body_text(tmp_path: Path) -> None:
    for template in ("typesetting/letter", "typesetting/redhead"):
        lines = measure(api.render(template, full_page(template), at=AT), 1, tmp_path)
        assert len(lines) >= 6, template


def test_the_official_typefaces_are_used_where_they_are(tmp_path: Path) -> None:
    if not FANDOL:
        pytest.skip("the Fandol fonts are not installed on this machine")
    path = tmp_path / "paper.pdf"
    path.write_bytes(api.render("typesetting/letter", full_page("letter"), at=AT))
    assert "FandolFang" in subprocess.run(["pdffonts", path], capture_output=True, text=True).stdout
