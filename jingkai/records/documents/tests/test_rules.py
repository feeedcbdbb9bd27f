"""Codes that can be read aloud, names that are masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.records.documents.rules import CODE_LENGTH, mask_name, new_code, read_code, spaced_code


def test_codes_are_long_and_random() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == CODE_LENGTH and not set(code) & set("ILOU") for code in codes)


def test_a_code_is_read_as_people_type_it() -> None:
    assert read_code("7kq2-m9xd-4trb") == "7KQ2M9XD4TRB"
    assert read_code(" 7KQ2 M9XD 4TRB ") == "7KQ2M9XD4TRB"
    assert read_code("OKQ2-M9XD-4TRL") == "0KQ2M9XD4TR1"


@pytest.mark.parametrize(
    "text", ["", "7KQ2", "7KQ2-M9XD-4TRU", "7KQ2-M9XD-4TRB-1", "'; DROP TABLE", "一二三四"]
)
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert read_code(text) is None


@given(st.text(max_size=60))
def test_reading_a_code_never_fails(text: str) -> None:
    found = read_code(text)
    assert found is None or read_code(spaced_code(found)) == found


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("欧阳小明", "欧***"),
        ("示范精密制造有限公司", "示范****有限公司"),
        ("示范（集团）股份有限公司", "示范****股份有限公司"),
        ("红星厂", "红**"),
        ("", ""),
        ("李", "李"),
    ],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(min_size=2, max_size=40))
def test_a_masked_name_never_shows_all(name: str) -> None:
    assert "*" in mask_name(name)
