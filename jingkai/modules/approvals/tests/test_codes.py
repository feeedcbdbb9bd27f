"""The three codes of an item: lengths, parts and the credit code's own check."""

from __future__ import annotations

import pytest

from jingkai.modules.approvals.rules.codes import code_faults

USCC = "11100000MB0143028R"
BASIC = "000123456789"
CODE = f"{USCC}4{BASIC}"


@pytest.fixture(scope="module", autouse=True)
def valid_credit_code() -> None:
    from stdnum.cn import uscc

    assert uscc.is_valid(USCC)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({}, set()),
        ({"basic_code": BASIC}, set()),
        ({"basic_code": BASIC, "implementing_code": CODE, "level": "4"}, set()),
        ({"basic_code": BASIC, "implementing_code": CODE, "handling_code": f"{CODE}01"}, set()),
        ({"basic_code": "123"}, {"basic_code"}),
        ({"basic_code": "00012345678a"}, {"basic_code"}),
        ({"implementing_code": CODE}, {"implementing_code"}),
        ({"basic_code": BASIC, "implementing_code": CODE[:-1]}, {"implementing_code"}),
        ({"basic_code": BASIC, "implementing_code": "X" * 18 + CODE[18:]}, {"implementing_code"}),
        ({"basic_code": BASIC, "implementing_code": CODE, "level": "3"}, {"implementing_code"}),
        ({"basic_code": "999999999999", "implementing_code": CODE}, {"implementing_code"}),
        ({"basic_code": BASIC, "implementing_code": CODE, "handling_code": f"{CODE}A1"}, {"handling_code"}),
        ({"basic_code": BASIC, "implementing_code": CODE, "handling_code": "9" * 33}, {"handling_code"}),
        ({"handling_code": f"{CODE}01"}, {"handling_code"}),
    ],
)
def test_codes_are_checked(content: dict[str, str], wrong: set[str]) -> None:
    assert {name for name, _reason in code_faults(content)} == wrong
