"""What may be done so often is done so often, and not once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jingkai.kernel.pace import rules
from jingkai.kernel.pace.models import Turns
from jingkai.kernel.pace.operations import forget_turns

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


def test_the_third_turn_of_two_is_refused_in_words(client: Client, tight_search: Any, clock: Any) -> None:
    assert [tight_search(client).status_code for _turn in range(2)] == [200, 200]
    refused = tight_search(client)
    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    text = refused.content.decode()
    assert "10 分钟内最多 2 次" in text
    assert "10 分钟后" in text
    assert client.get("/search").status_code == 429, "the next one is refused, too, whatever is asked"


def test_it_counts_again_when_the_time_is_over(client: Client, tight_search: Any, clock: Any) -> None:
    began: datetime = timezone.now()
    for minutes, status in ((0, 200), (4, 200), (9, 429), (10, 200), (11, 200), (12, 429), (20, 200)):
        clock.move_to(began + timedelta(minutes=minutes))
        assert tight_search(client).status_code == status, minutes


def test_a_restart_changes_nothing(client: Client, tight_search: Any) -> None:
    """What a process remembers is gone; the numbers are in the database."""
    for _turn in range(2):
        tight_search(client)
    rules.forget_numbers()
    rules.paces_at.cache_clear()
    assert tight_search(Client()).status_code == 429


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
    ],
)
def test_places_are_told_apart(
    client: Client, tight_search: Any, first: str, second: str, together: bool
) -> None:
    for _turn in range(2):
        tight_search(client, REMOTE_ADDR=first)
    assert tight_search(client, REMOTE_ADDR=second).status_code == (429 if together else 200)


def test_nobody_can_be_read_from_the_table(client: Client, tight_search: Any) -> None:
    tight_search(client, REMOTE_ADDR="203.0.113.7")
    assert "203.0.113.7" not in str(list(Turns.objects.values()))
    assert len(Turns.objects.get(what="tight").who) == 64


def test_a_refused_turn_is_not_counted_and_a_page_without_a_pace_asks_nothing(
    client: Client, tight_search: Any
) -> None:
    for _turn in range(5):
        tight_search(client)
    assert Turns.objects.get(what="tight").number == 2
    with CaptureQueriesContext(connection) as asked:
        client.get("/verify")
    assert [query["sql"] for query in asked if "pace_" in query["sql"]] == []


def test_old_turns_are_forgotten(client: Client, tight_search: Any) -> None:
    tight_search(client)
    assert forget_turns(at=timezone.now()) == 0
    assert forget_turns(at=timezone.now() + timedelta(days=2)) == 2, "under both paces of the search"


def test_a_script_is_told_when_to_go_on(client: Client, tight_search: Any) -> None:
    for _turn in range(2):
        tight_search(client)
    refused = tight_search(client, headers={"Accept": "application/json"})
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/json")
    assert int(refused["Retry-After"]) > 0
