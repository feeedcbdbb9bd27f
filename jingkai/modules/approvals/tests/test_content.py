"""The content of an item: what is missing, what is too long for the law, what a material's rule says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jingkai.modules.approvals.operations.catalogue_loading import read_reference
from jingkai.modules.approvals.rules.content import Known, compare_contents, content_faults, digest_of
from jingkai.modules.approvals.rules.fields import FIELDS, LEGAL, empty_content

KNOWN = Known(limits={"permit_decision": (20, "working")}, units={"approval": 1, "water": 2})
GOOD = {**read_reference().items["soil-conservation-plan"]}


def faults(**changes: Any) -> set[str]:
    return {fault.field for fault in content_faults({**GOOD, **changes}, KNOWN)}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, set()),
        ({"name": "", "name_en": ""}, {"name", "name_en"}),
        ({"promised": 20}, set()),
        ({"promised": 21}, {"promised"}),
        ({"promised": -1}, {"promised"}),
        ({"promised": True}, {"promised"}),
        ({"promised_unit": "natural"}, {"promised_unit"}),
        ({"limit_key": ""}, set()),
        ({"limit_key": "unheard"}, {"limit_key"}),
        ({"unit": "nobody"}, {"unit"}),
        ({"audience": []}, {"audience"}),
        ({"audience": ["legal", "aliens"]}, {"audience"}),
        ({"kind": "wish"}, {"kind"}),
        ({"legal_basis": "长" * 4001}, {"legal_basis"}),
        ({"materials": "none"}, {"materials"}),
        (
            {"materials": [{"code": "A b", "name": "表"}]},
            {f"materials.{n}" for n in ("code", "name_en", "kind", "need")},
        ),
    ],
)
def test_a_content_is_checked(changes: dict[str, Any], wrong: set[str]) -> None:
    assert faults(**changes) == wrong


LINE = {"code": "x", "name": "表", "name_en": "Form", "kind": "form", "need": "required"}


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([LINE], set()),
        ([LINE, LINE], {("materials.code", 2)}),
        ([{**LINE, "need": "conditional"}], {("materials.when", 1)}),
        ([{**LINE, "need": "conditional", "rule": "shelter_area > 0"}], set()),
        ([{**LINE, "rule": "__import__('os')"}], {("materials.rule", 1)}),
        ([{**LINE, "rule": "shelter_area >"}], {("materials.rule", 1)}),
    ],
)
def test_materials_are_checked_line_by_line(lines: list[Any], wrong: set[tuple[str, int]]) -> None:
    found = content_faults({**GOOD, "materials": lines}, KNOWN)
    assert {(fault.field, fault.line) for fault in found} == wrong


def test_a_comparison_names_each_field_in_order() -> None:
    after = {**GOOD, "promised": 3, "name_en": "Plan", "materials": []}
    changes = compare_contents(GOOD, after)
    assert [change.key for change in changes] == ["name_en", "promised", "materials"]
    assert (changes[1].before, changes[1].after) == (5, 3)
    assert compare_contents({"fee": ""}, {"fee": None}) == []


def test_a_digest_is_of_one_section_only() -> None:
    changed = {**GOOD, "fee": "收费"}
    same = [section for section in LEGAL if digest_of(GOOD, section) == digest_of(changed, section)]
    assert set(LEGAL) - set(same) == {"fees"}


def test_an_empty_content_has_every_field() -> None:
    assert set(empty_content()) == {key for field in FIELDS for key in field.keys}


HALL = "11320800MB1234567X4000117001000"


@pytest.mark.parametrize(
    ("codes", "bearers", "wrong"),
    [
        ({"implementing_code": HALL}, {HALL: {"other-item"}}, {"implementing_code"}),
        ({"implementing_code": HALL}, {HALL: {"soil-conservation-plan"}}, set()),
        ({"implementing_code": HALL, "handling_code": f"{HALL}01"}, {HALL: {"other-item"}}, set()),
        (
            {"implementing_code": HALL, "handling_code": f"{HALL}01"},
            {f"{HALL}01": {"other-item", "soil-conservation-plan"}},
            {"handling_code"},
        ),
        ({}, {"": {"other-item"}}, set()),
    ],
)
def test_one_code_names_one_item(
    codes: dict[str, str], bearers: dict[str, set[str]], wrong: set[str]
) -> None:
    known = replace(KNOWN, bearers={code: frozenset(items) for code, items in bearers.items()})
    found = content_faults({**GOOD, **codes}, known, item="soil-conservation-plan")
    assert {fault.field for fault in found if "other-item" in fault.reason} == wrong
