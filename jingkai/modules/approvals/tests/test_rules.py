"""The zone's power to decide, by the cases of the law (行政许可法 24, 25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from jingkai.kernel.permissions.data import SYSTEM, VISITOR
from jingkai.modules.approvals import rules


@dataclass
class Paper:
    """A power as the rule looks at it: entrusted from New Year 2026 to the end of 2028."""

    state: str = "active"
    starts_on: date = date(2026, 1, 1)
    ends_on: date = date(2028, 12, 31)


LAW: list[tuple[str, Paper, date, bool]] = [
    ("in the middle of its validity", Paper(), date(2027, 6, 15), True),
    ("on its first day", Paper(), date(2026, 1, 1), True),
    ("on its last day", Paper(), date(2028, 12, 31), True),
    ("on the day before it begins", Paper(), date(2025, 12, 31), False),
    ("on the day after it ends", Paper(), date(2029, 1, 1), False),
    ("suspended", Paper(state="suspended"), date(2027, 6, 15), False),
    ("ended before its time", Paper(state="ended"), date(2027, 6, 15), False),
    ("ended and past", Paper(state="ended"), date(2029, 6, 15), False),
    ("in an unknown state", Paper(state=""), date(2027, 6, 15), False),
    ("for one day, on it", Paper(ends_on=date(2026, 1, 1)), date(2026, 1, 1), True),
    ("for one day, after it", Paper(ends_on=date(2026, 1, 1)), date(2026, 1, 2), False),
]


@pytest.mark.parametrize(("case", "power", "on", "in_force"), LAW, ids=[case for case, *_rest in LAW])
def test_power_is_in_force(case: str, power: Any, on: date, in_force: bool) -> None:
    assert rules.is_in_force(power, on=on) is in_force


def test_power_in_force_takes_the_one_that_counts_today() -> None:
    past, now = Paper(ends_on=date(2026, 6, 30)), Paper(starts_on=date(2026, 7, 1))
    powers: Any = [past, Paper(state="suspended"), now]
    assert rules.power_in_force(powers, on=date(2026, 7, 1)) is now
    assert rules.power_in_force(powers, on=date(2026, 6, 30)) is past


@pytest.mark.parametrize("powers", [[], [Paper(state="ended")], [Paper(), Paper()]])
def test_without_a_power_nothing_is_decided(powers: Any) -> None:
    with pytest.raises(rules.NoValidPower) as refused:
        rules.power_in_force(powers, on=date(2030, 1, 1))
    assert str(refused.value.sentence)
    assert str(refused.value.advice)


@pytest.mark.parametrize("actor", [SYSTEM, VISITOR])
def test_acts_need_a_person(actor: Any) -> None:
    with pytest.raises(rules.ActsWithoutPerson):
        rules.person_of(actor)
