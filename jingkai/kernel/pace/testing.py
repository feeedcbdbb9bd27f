"""For other apps' tests: take turns at something until it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jingkai.kernel.pace import rules
from jingkai.kernel.pace.data import Pace


def turns(code: str, take: Callable[[], Any]) -> list[int]:
    """Take one turn more than the declared pace allows; gives the status of each answer."""
    answers = [take() for _turn in range(rules.pace_of(code).most + 1)]
    assert int(answers[-1].headers.get("Retry-After", 0)) > 0, "the last answer does not say when to go on"
    return [answer.status_code for answer in answers]


@pytest.fixture
def tight_search() -> Iterator[Callable[..., Any]]:
    """Searching, twice in ten minutes: `tight_search(client)` does it once."""
    rules.forget_numbers()
    tight = Pace(code="tight", label="x", most=2, minutes=10, pages=("search",), methods=("GET",))
    with rules.paces.including(tight):
        rules.paces_at.cache_clear()
        yield lambda client, **more: client.get("/search", {"q": "施工"}, **more)
    rules.paces_at.cache_clear()
