"""Masks and phones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.kernel.parties.data import (
    is_mobile,
    mask_credit_code,
    mask_email,
    mask_identity,
    mask_name,
    mask_phone,
    plain_phone,
)


def test_masks_show_what_the_rules_allow() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("12345") == "***45"
    assert mask_phone("") == ""
    assert mask_name("欧阳修") == "欧**"
    assert mask_identity("110101199003078888") == "110***********8888"
    assert mask_identity("1234567") == "*******"
    assert mask_email("chen@example.com") == "c***@example.com"
    assert mask_credit_code("91350100M000100Y43") == "91************0Y43"


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        " 138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "008613812345678",
        "１３８１２３４５６７８",
    ],
)
def test_phone_is_understood_however_typed(typed: str) -> None:
    assert plain_phone(typed) == "13812345678"
    assert is_mobile(plain_phone(typed))


@pytest.mark.parametrize("phone", ["", "12345678901", "1381234567", "138123456789", "02784612345"])
def test_other_numbers_are_no_mobile_numbers(phone: str) -> None:
    assert not is_mobile(phone)


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_mask_hides_the_middle_of_every_phone(phone: str) -> None:
    assert mask_phone(phone)[3:7] == "****"
    assert len(mask_phone(phone)) == len(phone)
