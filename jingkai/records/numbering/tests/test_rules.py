"""Which patterns are refused when an administrator writes one down."""

from __future__ import annotations

import pytest

from jingkai.records.numbering.api import OFFICIAL
from jingkai.records.numbering.rules import pattern_faults, render_pattern


@pytest.mark.parametrize(
    ("pattern", "reset", "faults"),
    [
        ("示开受〔{year}〕{n}号", "year", 0),
        ("SL{year}{n:06}", "year", 0),
        ("SL{n:08}", "never", 0),
        ("SL{n}", "year", 1),
        ("{year}号", "year", 1),
        ("{year}{n}{code}", "year", 1),
        ("{year}{n.__class__}", "year", 2),
        ("{year}{n:>99999999}", "year", 1),
        ("{year}{n", "year", 1),
        ("", "never", 1),
    ],
)
def test_pattern_faults(pattern: str, reset: str, faults: int) -> None:
    assert len(list(pattern_faults({"pattern": pattern, "reset": reset}))) == faults


@pytest.mark.parametrize(
    ("text", "official"),
    [
        (render_pattern("示开受〔{year}〕{n}号", year=2026, sequence=12), True),
        ("示开受〔2026〕012号", False),
        ("示开受〔2026〕第12号", False),
        ("示开受[2026]12号", False),
    ],
)
def test_the_official_form_of_a_number(text: str, official: bool) -> None:
    assert bool(OFFICIAL.fullmatch(text)) is official
