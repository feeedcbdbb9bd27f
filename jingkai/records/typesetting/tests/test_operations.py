"""Papers come out alike every time; data is text, never a template; a wild template harms nobody."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from jingkai.records.typesetting import api
from jingkai.records.typesetting.data import Letter, facts, heading, listing, paragraph, table
from jingkai.records.typesetting.queries import find_template

AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def letter(*blocks: Any, **changes: Any) -> Letter:
    given: dict[str, Any] = {
        "agency": "示范经济开发区管理委员会",
        "title": "行政许可申请受理通知书",
        "addressee": "示范精密制造有限公司",
        "signatory": "示范经济开发区管理委员会",
        "date": "2026年11月21日",
        "blocks": blocks or (paragraph("你单位的申请已受理。"),),
    }
    return Letter(**{**given, **changes})


def text_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout


@pytest.fixture
def own_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write a template that the app `typesetting` seems to have."""
    monkeypatch.setattr(
        api.render.__globals__["queries"], "find_template", lambda _name: tmp_path / "own.typ"
    )
    monkeypatch.setattr(api.render.__globals__["queries"], "package_root", lambda: tmp_path)

    def write(source: str) -> None:
        (tmp_path / "own.typ").write_text(source)

    return write


def test_the_same_words_and_moment_give_the_same_bytes() -> None:
    first, second = (api.render("typesetting/letter", letter(), at=AT) for _ in range(2))
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    assert api.render("typesetting/letter", letter(), at=AT + timedelta(days=1)) != first


def test_the_moment_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(api.render("typesetting/letter", letter(), at=AT))
    told = subprocess.run(["pdfinfo", "-isodates", path], capture_output=True, text=True).stdout
    assert "2026-11-21T06:30:00" in told.replace("+00", "")
    assert "行政许可申请受理通知书" in told
    assert "A4" in told
    assert "Tagged:          yes" in told


def test_all_words_can_be_read_back(tmp_path: Path) -> None:
    body = (
        paragraph("第一段。"),
        heading("一、材料清单"),
        table(["序号", "材料"], [["1", "消防设计文件"], ["2", "营业执照"]], [1, 5]),
        facts(("建设单位", "示范精密制造有限公司")),
        listing("第一条。", "第二条。"),
    )
    told = text_of(
        api.render("typesetting/letter", letter(*body, attachments=("清单", "说明")), at=AT), tmp_path
    )
    for word in (
        "示范经济开发区管理委员会",
        "一、材料清单",
        "消防设计文件",
        "1．第一条",
        "附件：1．清单",
        "2026年11月21日",
    ):
        assert word.replace(" ", "") in told.replace(" ", ""), word


def test_every_font_is_embedded(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(api.render("typesetting/letter", letter(), at=AT))
    told = subprocess.run(["pdffonts", path], capture_output=True, text=True).stdout.splitlines()[2:]
    assert told
    for line in told:
        assert line.split()[-5:-2] == ["yes", "yes", "yes"], line


@pytest.mark.parametrize(
    "words",
    ["#eval(1)", '#read("/etc/passwd")', "*粗* _斜_ $x^2$", "@ref <label> // no comment", '"); #panic("x'],
)
def test_data_is_text_and_never_a_template(words: str, tmp_path: Path) -> None:
    told = text_of(api.render("typesetting/letter", letter(paragraph(words)), at=AT), tmp_path)
    assert words.replace(" ", "") in told.replace("“", '"').replace("”", '"').replace(" ", "").replace(
        "\n", ""
    )


def test_rare_characters_are_found_in_the_packaged_font(tmp_path: Path) -> None:
    told = text_of(api.render("typesetting/letter", letter(paragraph("镕堃玥喆犇")), at=AT), tmp_path)
    assert "镕堃玥喆犇" in told


def test_a_seal_has_its_place_and_an_unsealed_paper_none() -> None:
    spot = api.typeset("typesetting/letter", letter(), at=AT).spots["seal"]
    assert spot.page == 1
    assert 120 < spot.x < 170
    assert 100 < spot.y < 250
    assert "seal" not in api.typeset("typesetting/letter", letter(sealed=False), at=AT).spots


def test_the_seal_never_stands_on_a_page_without_text() -> None:
    for length in range(300, 700, 13):
        typeset = api.typeset("typesetting/letter", letter(paragraph("字" * length)), at=AT)
        page = typeset.spots["seal"].page
        above = _lines_on(typeset.content, page)
        assert "字" in above, f"{length} characters: page {page} has the seal alone"


def _lines_on(pdf: bytes, page: int) -> str:
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True).stdout.decode()


def test_a_template_that_fails_is_told_apart_from_its_data(own_template: Any) -> None:
    own_template('#panic("no")')
    with pytest.raises(api.CannotTypeset) as failed:
        api.render("x", {}, at=AT)
    assert "panicked" in failed.value.diagnostic
    assert failed.value.status == 500
    assert failed.value.advice


def test_a_template_that_never_ends_is_stopped(own_template: Any) -> None:
    own_template("#for a in range(90000) { for b in range(90000) { let c = a * b } }")
    with pytest.raises(api.CannotTypeset):
        api.typeset("x", {}, at=AT, seconds=2)


def test_a_template_reads_nothing_outside_the_product(own_template: Any) -> None:
    own_template('#read("../../../../../../etc/passwd")')
    with pytest.raises(api.CannotTypeset):
        api.render("x", {}, at=AT)


@pytest.mark.parametrize(
    "name", ["typesetting/none", "../letter", "typesetting/../../x", "", "letter", "/etc/passwd"]
)
def test_a_template_is_found_by_its_name_only(name: str) -> None:
    with pytest.raises(api.TemplateMissing):
        find_template(name)


def test_every_template_of_every_app_has_a_proper_name() -> None:
    for config in apps.get_app_configs():
        for path in (Path(config.path) / "typeset").glob("*/*.typ"):
            assert find_template(f"{path.parent.name}/{path.stem}") == path


def test_a_picture_can_be_drawn() -> None:
    face = {"ring_text": "示范", "line_text": "", "number_text": "", "diameter_mm": 42, "demo": False}
    if not apps.is_installed("jingkai.records.seals"):
        pytest.skip("the seals app is not loaded")
    assert api.draw("seals/seal", face, form="svg").startswith(b"<svg")
