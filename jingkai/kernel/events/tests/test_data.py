"""What travels with a job, and how long failed work waits."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.kernel.events.data import Backoff, from_wire, plain, to_wire
from jingkai.kernel.events.tests.reactions import Colour, Everything

EVENTS = st.builds(
    Everything,
    number=st.integers(-(2**62), 2**62),
    key=st.uuids(),
    day=st.dates(),
    moment=st.datetimes(timezones=st.just(ZoneInfo("UTC"))),
    area=st.decimals(allow_nan=False, allow_infinity=False),
    colour=st.just(Colour.RED),
    ids=st.lists(st.integers(0, 2**62)).map(tuple),
    maybe=st.none() | st.uuids(),
    flag=st.booleans(),
)


@given(EVENTS)
def test_event_survives_the_queue(event: Everything) -> None:
    assert from_wire(Everything, json.loads(json.dumps(to_wire(event)))) == event


@pytest.mark.parametrize("value", [object(), {"a": 1}, {1}, 1.5j, b"x"])
def test_event_refuses_what_is_not_a_plain_fact(value: object) -> None:
    with pytest.raises(TypeError):
        plain(value)


def test_event_of_a_newer_version_is_read_without_its_unknown_fields() -> None:
    wire = to_wire(
        Everything(
            1,
            __import__("uuid").UUID(int=1),
            date(2026, 1, 1),
            datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")),
            Decimal("1.50"),
            Colour.RED,
            (1, 2),
            None,
        )
    )
    assert from_wire(Everything, {**wire, "later": 1}).number == 1


@pytest.mark.parametrize(
    ("attempts", "wait"), [(0, 10), (1, 40), (2, 160), (3, 640), (4, 2560), (5, None), (50, None)]
)
def test_backoff_waits_longer_each_time_and_gives_up(attempts: int, wait: int | None) -> None:
    assert Backoff().wait_after(attempts) == wait


def test_backoff_has_a_longest_wait() -> None:
    assert Backoff(attempts=100, longest=3600).wait_after(50) == 3600
