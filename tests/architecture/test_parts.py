"""The list of parts names everything that is locked, the same each time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.architecture.test_dependencies import PINNED
from tests.architecture.tree import ROOT
from tools import holes, sbom


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sbom.written(sbom.listed()))
    return found


def test_every_locked_package_is_on_it_with_its_version(parts: dict[str, Any]) -> None:
    locked = PINNED.findall((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))
    scripts = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    expected = {(name, version) for name, version in locked}
    expected |= {
        (path.rpartition("node_modules/")[2], one["version"]) for path, one in scripts.items() if path
    }
    assert {(one["name"], one["version"]) for one in parts["components"]} == expected
    assert all(re.match(r"pkg:(pypi|npm)/", one["purl"]) for one in parts["components"])


def test_it_bears_every_hash_and_a_licence_for_what_is_installed(parts: dict[str, Any]) -> None:
    digests = set(re.findall(r"sha256:([0-9a-f]{64})", (ROOT / "requirements" / "run.txt").read_text()))
    named = {
        part["url"].removeprefix("urn:sha256:")
        for one in parts["components"]
        for part in one.get("externalReferences", ())
    }
    assert named == digests
    assert sum(bool(one.get("licenses")) for one in parts["components"]) > len(parts["components"]) * 0.9


def test_it_is_the_same_each_time(parts: dict[str, Any]) -> None:
    assert json.loads(sbom.written(sbom.listed())) == parts
    assert "timestamp" not in parts["metadata"]


@pytest.mark.parametrize(
    ("line", "code", "excused"),
    [
        ('run(f"…{x}")  # noqa: S608 - our own columns', "B608", True),
        ('run(f"…{x}")  # noqa: S608, S308 - ours', "B703", True),
        ('run(f"…{x}")', "B608", False),
        ('run(f"…{x}")  # noqa: S308 - another question', "B608", False),
        ("import subprocess", "B404", True),
        ("subprocess.run([name])", "B603", True),
        ("subprocess.run(name, shell=True)", "B602", False),
    ],
)
def test_what_counts_as_an_excuse(
    line: str, code: str, excused: bool, tmp_path: Any, monkeypatch: Any
) -> None:
    (tmp_path / "a.py").write_text(f"x = 1\n{line}\ny = 2\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), encoding="utf-8")
    monkeypatch.setattr(holes, "ROOT", tmp_path)
    finding = {"filename": "a.py", "test_id": code, "line_range": [2]}
    assert holes.is_excused(finding) is excused
