"""The day of a moment is the zone's: moments travel in UTC, where it is yesterday until eight o'clock."""

from __future__ import annotations

import re

from tests.architecture.tree import python_files, short

DAY_IN_UTC = re.compile(r"\bat\.date\(\)")
IN_THE_ZONES_TIME = {"jingkai/casework/flow/rules/simulating.py", "jingkai/config/demo/papers.py"}
"""Their moments are made in the zone's time from the beginning."""


def test_no_day_is_taken_from_a_moment_in_utc() -> None:
    found = [short(path) for path in python_files() if DAY_IN_UTC.search(path.read_text(encoding="utf-8"))]
    assert sorted(set(found) - IN_THE_ZONES_TIME) == []
