"""Credit codes: the golden cases, and properties against an independent implementation."""

import csv
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from jingkai.modules.enterprises.data import (
    ALPHABET,
    CodeFault,
    CodeFaultKind,
    body_check_character,
    check_character,
    check_code,
    plain_code,
)
from jingkai.modules.enterprises.rules import fault_text
from jingkai.modules.enterprises.testing import make_code
from jingkai.modules.enterprises.web.forms import LoginFields

GOLDEN = Path(__file__).parent / "uscc.csv"
bodies = st.text(ALPHABET, min_size=8, max_size=8)


def rows() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["code"])
def test_golden_codes(row: dict[str, str]) -> None:
    assert (check_code(row["code"]) is None) == (row["valid"] == "yes")


@pytest.mark.parametrize(
    "code",
    [
        "91310000775785552L",
        "91440300708461136T",
        "91330100799655058B",
        "91110108551385082Q",
        "914403001922038216",
        "11320000MB151840XJ",
    ],
)
def test_codes_of_known_organisations_are_right(code: str) -> None:
    assert check_code(code) is None
    assert check_code(code.lower()) is None
    assert check_code(f" {code[:6]} {code[6:]}-") is None


@pytest.mark.parametrize(
    ("code", "fault", "words"),
    [
        ("91350100M000100Y4Z", CodeFault(CodeFaultKind.ALPHABET, 18, "Z"), "“Z” at position 18"),
        ("91350211M0000XUF46", CodeFault(CodeFaultKind.CHECK, 18, "6", "R"), "should be “R”, not “6”"),
        ("91350100M000100Y4", CodeFault(CodeFaultKind.LENGTH, 0, "17", "18"), "this one has 17"),
        ("", CodeFault(CodeFaultKind.LENGTH, 0, "0", "18"), "this one has 0"),
        ("913A0100M000100Y43", CodeFault(CodeFaultKind.DIVISION, 4, "A"), "“A” at position 4 must be"),
        ("91350100MO00100Y43", CodeFault(CodeFaultKind.ALPHABET, 10, "O"), "“O” at position 10"),
        ("<script>alert(1)</", CodeFault(CodeFaultKind.ALPHABET, 1, "<"), "“<” at position 1"),
    ],
)
def test_faults_are_named_precisely(code: str, fault: CodeFault, words: str) -> None:
    assert check_code(code) == fault
    with override("en"):
        assert words in fault_text(fault)
    with override("zh-hans"):
        assert words not in fault_text(fault)


def test_wrong_body_check_is_named() -> None:
    body = "MA1TE7T0"
    wrong = "1" if body_check_character(body) != "1" else "2"
    first = f"91320826{body}{wrong}"
    assert check_code(first + check_character(first)) == CodeFault(
        CodeFaultKind.BODY_CHECK, 17, wrong, body_check_character(body)
    )


@given(bodies)
def test_made_codes_are_right_for_us_and_for_stdnum(body: str) -> None:
    code = make_code(body)
    assert check_code(code) is None
    assert stdnum_uscc.is_valid(code)


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_changed_character_is_always_found(body: str, place: int, other: str) -> None:
    code = make_code(body)
    changed = code[:place] + other + code[place + 1 :]
    assert (check_code(changed) is None) == (changed == code)


@given(bodies)
def test_typing_does_not_matter(body: str) -> None:
    code = make_code(body)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    assert plain_code(wide) == plain_code(f" {code[:8].lower()}-{code[8:]}\n") == code


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    fault = check_code(text)
    assert fault is None or fault_text(fault)


def test_a_new_password_keeps_its_spaces_as_the_log_in_does() -> None:
    assert [LoginFields.base_fields[name].strip for name in ("password1", "password2")] == [False, False]  # type: ignore[attr-defined]
