"""No page of the trail shows a bare code: every action that the code records has words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation

from jingkai.casework.clock.data import EntryKind
from jingkai.kernel.audit.rules.names import known_actions
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.seals.models import Seal
from tests.architecture.tree import parsed, python_files, short

CODE = re.compile(r"^[a-z_]+\.[a-z_]+$")
HAN = re.compile(r"[\u4e00-\u9fff]")
FAMILIES = {
    "clock.": {kind.value for kind in EntryKind},
    "seal.": {str(state) for state in Seal.State.values},
    "document.": {str(IssuedDocument.State.REVOKED), str(IssuedDocument.State.REPLACED)},
}
"""Actions whose second half is a value of the model, by their first half."""


def literals(node: ast.expr) -> Iterator[str]:
    """The action codes that an expression may be; a code made at run time stands for its whole family."""
    match node:
        case ast.Constant(value=str(code)) if CODE.match(code):
            yield code
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
        case ast.JoinedStr(values=[ast.Constant(value=str(first)), *_rest]) if first.endswith("."):
            yield from (first + second for second in FAMILIES.get(first, {"(unknown family)"}))


@cache
def handed_on() -> dict[str, set[int]]:
    """Functions, methods and records that take an `action`, with the place of that argument in a call."""
    found: dict[str, set[int]] = {}
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
                names = names[1:] if names[:1] == ["self"] else names
            elif isinstance(node, ast.ClassDef):
                names = [ast.unparse(line.target) for line in node.body if isinstance(line, ast.AnnAssign)]
            else:
                continue
            if "action" in names:
                found.setdefault(node.name, set()).add(names.index("action"))
    return found


def given_to(call: ast.Call) -> list[ast.expr]:
    """What a call hands over as `action`."""
    name = ast.unparse(call.func).rpartition(".")[2]
    places = handed_on().get(name, set())
    named = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
    return named + [value for place, value in enumerate(call.args) if place in places]


def recorded_in(path: Path) -> Iterator[tuple[str, str]]:
    """Each action that a file records, with where it stands."""
    for node in ast.walk(parsed(path)):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            given = given_to(node)
        elif isinstance(node, ast.Assign) and any(ast.unparse(one) == "action" for one in node.targets):
            given = [node.value]
        for value in given:
            yield from ((code, f"{short(path)}:{value.lineno}") for code in literals(value))


def recorded() -> dict[str, str]:
    """Every action recorded anywhere in the product, with one place of each."""
    return {code: place for path in python_files() for code, place in recorded_in(path)}


def test_the_collection_sees_every_way_of_recording() -> None:
    ways = {"case.closed", "task.claimed", "login.disabled", "card.decide", "clock.suspend", "seal.retired"}
    assert ways <= set(recorded())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_recorded_action_has_words(language: str) -> None:
    with translation.override(language):
        words = known_actions()
    silent = {code: place for code, place in sorted(recorded().items()) if code not in words}
    assert silent == {}
    assert [code for code, text in words.items() if bool(HAN.search(text)) != (language == "zh-hans")] == []
