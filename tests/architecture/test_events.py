"""Every README tells the truth about events: which ones the app tells, and which it reacts to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from jingkai.kernel.events.operations import _subscribers
from tests.architecture.tree import app_folders, parsed

LINE = re.compile(r"Events\W+(?P<way>in|out)\b(?P<words>.*?)(?=\*\*|^#|^$|\Z)", re.S | re.M)
EVENT = re.compile(r"`(?:[a-z_]+\.)?([A-Z][A-Za-z]+)`")


@pytest.mark.parametrize("folder", app_folders(), ids=lambda path: path.name)
def test_readme_names_the_events(folder: Path) -> None:
    """`**Events in:**` and `**Events out:**` name them in backticks; no line, no events."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    named: dict[str, set[str]] = {"in": set(), "out": set()}
    for match in LINE.finditer(text.replace(":**", "**:").replace("**:", ":")):
        named[match["way"]] |= set(EVENT.findall(match["words"]))
    assert named == {"in": events_in(folder), "out": events_out(folder)}


def events_out(folder: Path) -> set[str]:
    """The events that the app defines."""
    sources = [folder / "events.py", *(folder / "events").glob("*.py")]
    return {
        node.name
        for path in sources
        if path.is_file()
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef)
        and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list)
    }


def events_in(folder: Path) -> set[str]:
    """The events that call a handler of the app."""
    return {
        kind.__name__
        for kind, handlers in _subscribers.items()
        for handler in handlers
        if handler.name.partition(".")[0] == folder.name
    }
