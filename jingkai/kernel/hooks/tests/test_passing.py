"""What is kept for a while is given back within it, and never beyond."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from jingkai.kernel.hooks.api import Passing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_value_holds_good_from_its_moment_until_just_before_its_end() -> None:
    kept = Passing[str](10)
    assert kept.keep("a", "one", since=NOON, until=NOON + HOUR) == "one"
    found = {minutes: kept.get("a", NOON + timedelta(minutes=minutes)) for minutes in (-1, 0, 59, 60)}
    assert found == {-1: None, 0: "one", 59: "one", 60: None}
    assert kept.get("b", NOON) is None


def test_what_holds_for_no_time_at_all_is_never_given_back() -> None:
    kept = Passing[str](10)
    kept.keep("a", "one", since=NOON, until=NOON)
    assert kept.get("a", NOON) is None


def test_the_oldest_makes_room() -> None:
    kept = Passing[int](3)
    for number in range(5):
        kept.keep(number, number, since=NOON, until=NOON + HOUR)
    assert [kept.get(number, NOON) for number in range(5)] == [None, None, 2, 3, 4]


def test_threads_that_keep_at_once_disturb_nobody() -> None:
    kept = Passing[int](3)

    def keep(number: int) -> int:
        return kept.keep(number, number, since=NOON, until=NOON + HOUR)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(keep, range(5000))) == list(range(5000))
    assert sum(kept.get(number, NOON) is not None for number in range(5000)) == 3
