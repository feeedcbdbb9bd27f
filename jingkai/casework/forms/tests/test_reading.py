"""Definitions from an untrusted hand: sound ones are read, everything wrong is said in words."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from jingkai.casework.forms.data import FieldKind, Right
from jingkai.casework.forms.rules import is_tame, read_definition
from jingkai.casework.forms.rules.patterns import fits


def definition(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A form of these fields, each with a label."""
    return {"name": "单", "fields": [{"label": "项", **one} for one in fields], **more}


def test_a_sound_form_is_read_with_types() -> None:
    raw = definition(
        {"name": "days", "kind": "number", "min": 0.5, "max": "30", "required": True},
        {"name": "kind", "kind": "choice", "options": [{"value": "a", "label": "甲"}]},
        {"name": "note", "kind": "long", "visible": "days > 3 and kind == 'a'"},
        {"name": "lines", "kind": "table", "columns": [{"name": "n", "kind": "number", "label": "数"}]},
        {"name": "total", "kind": "sum", "of": ["days", "lines.n"]},
        rights={"apply": "write"},
        sheet={"lines": [["days", "kind"], ["note"]]},
    )
    form, faults = read_definition(raw)
    assert faults == []
    assert form is not None
    days = form.fields[0]
    assert (days.kind, days.minimum, days.maximum) == (FieldKind.NUMBER, Decimal("0.5"), Decimal(30))
    assert [one.name for one in form.written_at("apply")] == ["days", "kind", "note", "lines"]
    assert form.written_at("head") == ()
    assert form.right(days, "head") is Right.READ


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (definition({"name": "a"}, {"name": "a", "kind": "number"}), "a"),
        (definition({"name": "outcome"}), "outcome"),
        (definition({"name": "A b"}), "A b"),
        (definition({"name": "a", "kind": "magic"}), "a"),
        (definition({"name": "a", "label": ""}), "a"),
        (definition({"name": "a", "kind": "choice"}), "a"),
        (definition({"name": "a", "visible": "ghost == 1"}), "a"),
        (definition({"name": "a", "visible": "a == 'x'"}), "a"),
        (definition({"name": "a", "visible": "__import__('os')"}), "a"),
        (definition({"name": "a", "pattern": "(a+)+"}), "a"),
        (definition({"name": "a", "kind": "number", "min": "two"}), "a"),
        (definition({"name": "a", "kind": "number", "min": 5, "max": 2}), "a"),
        (definition({"name": "a", "kind": "sum", "of": ["ghost"]}), "a"),
        (definition({"name": "a", "kind": "table", "columns": []}), "a"),
        (definition({"name": "a", "surprise": 1}), "a"),
        (definition({"name": "a", "rights": {"x": "own"}}), "a"),
        (definition({"name": "a", "rules": [{"condition": "a ==", "message": "m"}]}), "a"),
        (definition({"name": "a"}, sheet={"lines": [["ghost"]]}), "-"),
        (definition(), "-"),
        ({"fields": "many"}, "-"),
        ([], "-"),
        ("text", "-"),
        (None, "-"),
        ({"fields": [1, None, "x"]}, "-"),
        (definition(*({"name": f"f{n}"} for n in range(5000))), "-"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(raw: Any, field: str) -> None:
    _form, faults = read_definition(raw)
    assert field in {fault.field for fault in faults}
    assert all(fault.message for fault in faults)


@pytest.mark.parametrize("pattern", ["1[0-9]{10}", "[A-Z]{2}[0-9]+", "(甲|乙)[0-9]{1,3}", r"\d{4}-\d{2}"])
def test_usual_patterns_are_accepted(pattern: str) -> None:
    assert is_tame(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*c*d*e*f*", "(.*)(.*)(.*)(.*)x", r"(a)\1", "(?=a)b", "(", "a" * 300, "(a*)*"]
)
def test_patterns_that_could_run_away_are_refused(pattern: str) -> None:
    assert not is_tame(pattern)


def test_an_accepted_pattern_ends_soon_on_the_worst_answer() -> None:
    pattern = "a*a*a*b"
    assert is_tame(pattern)
    began = time.process_time()
    fits(pattern, "a" * 500)
    assert time.process_time() - began < 5
