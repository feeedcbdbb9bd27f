"""Every release has its notes, with a way back; every migration says whether older code may run beside it."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "releases"
PARTS = ("## 用户会看到什么", "## What people will notice", "## Upgrade", "## Roll back")
NOTES = sorted(FOLDER.glob("[0-9]*.md"), key=lambda path: tuple(map(int, path.stem.split("."))))
BESIDE = {"CreateModel", "AddField", "AddIndex", "AddIndexConcurrently", "AddConstraint"}
"""Operations that take nothing away; what else an additive migration does needs a word why it may."""


def entries() -> list[dict[str, str]]:
    with (FOLDER / "migrations.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("notes", NOTES, ids=lambda path: path.stem)
def test_notes_have_every_part_in_both_languages(notes: Path) -> None:
    text = notes.read_text(encoding="utf-8")
    assert re.match(rf"# {re.escape(notes.stem)} · 20\d\d-\d\d-\d\d\n", text)
    parts = re.split(r"^(## .+)$", text, flags=re.MULTILINE)
    said = dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
    assert [part for part in PARTS if len(said.get(part, "")) < 40] == []
    assert notes.stem in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_newest_notes_are_of_this_release_and_older_ones_name_their_commit() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert NOTES[-1].stem == told["project"]["version"]
    for notes in NOTES[:-1]:
        assert re.search(r"\b[0-9a-f]{40}\b", notes.read_text(encoding="utf-8")), notes.stem


def test_every_migration_stands_in_the_list_with_its_release() -> None:
    there = {(path.parts[-3], path.stem) for path in ROOT.glob("jingkai/**/migrations/[0-9]*.py")}
    listed = [(one["app"], one["migration"]) for one in entries()]
    assert sorted(there) == sorted(listed)
    assert {one["release"] for one in entries()} <= {notes.stem for notes in NOTES}
    assert {one["beside the release before"] for one in entries()} <= {"first", "additive", "breaking"}


def test_an_additive_migration_takes_nothing_away() -> None:
    later = [one for one in entries() if one["release"] != NOTES[0].stem]
    assert {one["beside the release before"] for one in later} <= {"additive", "breaking"}
    for one in later:
        (path,) = ROOT.glob(f"jingkai/*/{one['app']}/migrations/{one['migration']}.py")
        doubts = list(_doubts(path))
        if one["beside the release before"] == "additive" and doubts:
            assert one["why"], f"{path}: {', '.join(doubts)}"
        if one["beside the release before"] == "breaking":
            notes = (FOLDER / f"{one['release']}.md").read_text(encoding="utf-8")
            assert one["migration"] in notes, "the notes must say when older processes stand still"


def _doubts(path: Path) -> list[str]:
    """Name what older code might stumble over: columns that it would have to fill, what is not only new."""
    found = []
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if getattr(call.func.value, "id", "") != "migrations":
            continue
        words = {word.arg for word in ast.walk(call) if isinstance(word, ast.keyword)}
        if call.func.attr not in BESIDE | {"Migration"}:
            found.append(call.func.attr)
        elif call.func.attr == "AddField" and not {"null", "db_default"} & words:
            found.append("a column that may not be empty")
        elif call.func.attr == "AddConstraint":
            found.append("a rule for rows that older code writes")
    return found
