"""`jingkai verify-document` says which seal, by whom, when, and whether it holds."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jingkai.records.documents import api
from jingkai.records.documents.cli import verify_document
from jingkai.records.files.api import read_stored

pytestmark = pytest.mark.django_db


def run(*arguments: str, language: str = "en") -> Result:
    terminal = SimpleNamespace(language=language, open=lambda: True)
    return CliRunner().invoke(verify_document, arguments, obj=terminal)


@pytest.fixture
def file(issued_document: Any, tmp_path: Path) -> Path:
    path = tmp_path / "意见书.pdf"
    path.write_bytes(read_stored(issued_document.file))
    return path


def test_an_intact_document(issued_document: Any, file: Path) -> None:
    done = run(str(file))
    assert done.exit_code == 0
    for words in (
        "经开区管理专用章（2号章）",
        "demonstration seal",
        "郑印",
        "Intact",
        issued_document.number_text,
        "Valid",
    ):
        assert words in done.output, words


def test_the_answer_comes_in_chinese(file: Path) -> None:
    assert "完好" in run(str(file), language="zh-hans").output


def test_the_answer_comes_as_json(issued_document: Any, file: Path) -> None:
    told = json.loads(run(str(file), "--json").output)
    assert told["good"] is True
    assert told["signatures"][0]["seal"] == "经开区管理专用章（2号章）"
    assert told["register"]["number"] == issued_document.number_text


def test_a_revoked_document_is_not_good(cast: Any, issued_document: Any, file: Path) -> None:
    api.revoke_document(
        document_id=issued_document.pk, end_class="annulled", reason="x", by=cast.leader, at=cast.at
    )
    done = run(str(file))
    assert done.exit_code == 1
    assert "Revoked" in done.output


def test_a_tampered_document(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[content.index(b"stream") + 60] ^= 1
    file.write_bytes(bytes(content))
    done = run(str(file))
    assert done.exit_code == 1
    assert "altered after sealing" in done.output
    assert "no document with exactly these bytes" in done.output


def test_something_appended(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n%x\n")
    done = run(str(file))
    assert done.exit_code == 1
    assert "added to the file after sealing" in done.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello", "not a PDF"),
        (b"", "not a PDF"),
        (b"%PDF-1.7\n", "cut off"),
        (b"%PDF-1.7\n%%EOF", "damaged"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    done = run(str(path))
    assert done.exit_code == 1
    assert words in done.output


def test_an_unsigned_paper(issued_document: Any, tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    path.write_bytes(read_stored(issued_document.prepared_file))
    done = run(str(path))
    assert done.exit_code == 1
    assert "carries no seal" in done.output


def test_a_truncated_paper(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20_000])
    done = run(str(file))
    assert done.exit_code == 1
    assert "cut off" in done.output


@pytest.mark.parametrize(
    "arguments", [[], ["/no/such/file.pdf"], ["/tmp"], ["--no-such-option", "/etc/hosts"]]
)
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2
