"""Answers: required, bounds, rules, visibility, sums, flow variables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jingkai.casework.flow.api import compile_bpmn
from jingkai.casework.flow.testing import bpmn
from jingkai.casework.forms.data import Form
from jingkai.casework.forms.rules import (
    as_variables,
    find_problems,
    read_definition,
    visible_fields,
    with_sums,
)

FIELDS = [
    {
        "name": "kind",
        "kind": "choice",
        "label": "类别",
        "required": True,
        "options": [{"value": "sick", "label": "病假"}, {"value": "annual", "label": "年假"}],
    },
    {
        "name": "days",
        "kind": "number",
        "label": "天数",
        "min": 0.5,
        "max": 30,
        "rules": [{"condition": "kind != 'annual' or days <= 15", "message": "年假最多 15 天。"}],
    },
    {"name": "period", "kind": "dates", "label": "起止"},
    {
        "name": "proof",
        "kind": "text",
        "label": "证明",
        "required": True,
        "visible": "kind == 'sick' and days > 3",
    },
    {"name": "number", "kind": "text", "label": "证明号", "visible": "proof != null", "pattern": "[0-9]{4}"},
    {
        "name": "lines",
        "kind": "table",
        "label": "明细",
        "columns": [
            {"name": "what", "label": "名称", "required": True},
            {"name": "cost", "kind": "money", "label": "金额"},
        ],
    },
    {"name": "total", "kind": "sum", "label": "合计", "of": ["lines.cost", "days"]},
    {"name": "urgent", "kind": "yesno", "label": "加急"},
]


def form() -> Form:
    """The form of these tests; the step `apply` writes it."""
    read, faults = read_definition({"name": "单", "fields": FIELDS, "rights": {"apply": "write"}})
    assert read is not None
    assert not faults
    return read


def wrong(answers: dict[str, Any]) -> set[str]:
    """The fields of which something is said."""
    return {problem.field for problem in find_problems(form(), "apply", answers)}


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({}, {"kind"}),
        ({"kind": "annual"}, set()),
        ({"kind": "other"}, {"kind"}),
        ({"kind": "annual", "days": Decimal("0.1")}, {"days"}),
        ({"kind": "annual", "days": Decimal(31)}, {"days"}),
        ({"kind": "annual", "days": Decimal(16)}, {"days"}),
        ({"kind": "sick", "days": Decimal(16)}, {"proof"}),
        ({"kind": "sick", "days": Decimal(3)}, set()),
        ({"kind": "sick", "days": Decimal(5), "proof": "有", "number": "12"}, {"number"}),
        ({"kind": "annual", "number": "12"}, set()),
        ({"kind": "annual", "period": (date(2026, 3, 5), date(2026, 3, 2))}, {"period"}),
        ({"kind": "annual", "lines": ({"what": "", "cost": Decimal(1)},)}, {"lines"}),
        ({"kind": "annual", "lines": ({"what": "纸", "cost": Decimal("1e16")},)}, {"lines"}),
    ],
)
def test_problems_are_found(answers: dict[str, Any], fields: set[str]) -> None:
    assert wrong(answers) == fields


def test_a_step_that_only_reads_is_asked_nothing() -> None:
    assert find_problems(form(), "head", {}) == []


def test_a_field_behind_a_hidden_one_is_hidden_too() -> None:
    names = {one.name for one in visible_fields(form(), {"kind": "annual", "proof": "旧"})}
    assert {"proof", "number"} & names == set()


def test_a_sum_is_computed_and_never_believed() -> None:
    lines = (
        {"what": "甲", "cost": Decimal("1.10")},
        {"what": "乙", "cost": None},
        {"what": "丙", "cost": Decimal(2)},
    )
    known = with_sums(form(), {"lines": lines, "days": Decimal(3), "total": Decimal(999)})
    assert known["total"] == Decimal("6.10")


def test_declared_variables_are_filled() -> None:
    flow = compile_bpmn(
        bpmn("f", "start > a > end", variables="days:number, urgent:boolean, kind, when:date")
    )
    answers = {"days": Decimal("2.5"), "urgent": True, "kind": "sick", "total": Decimal(1)}
    assert as_variables(form(), flow, answers, units={}) == {"days": 2.5, "urgent": True, "kind": "sick"}
