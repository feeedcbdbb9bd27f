"""The desk and the case list through HTTP: request, session, rights, templates and all."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.test import Client
from django.urls import reverse

from benchmarks.lists import MOST_QUERIES, measure_in_turns
from benchmarks.report import Table
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.organisation.testing import Cast


def measure_pages(cast: Cast, scale: int) -> list[Table]:
    """Ask for both pages as an officer and as a leader."""
    addresses = {name: reverse(f"inbox:{name}") for name in ("desk", "cases")}
    table = Table(
        f"Pages over {scale:,} cases, through HTTP",
        ("page", "officer: ms (p95)", "queries", "leader: ms (p95)", "queries", "officer / leader"),
    )
    clients = [_client(cast, member) for member in ("officer_fire", "leader")]
    most, worst = 0, 0.0
    for name, address in addresses.items():
        officer, leader = measure_in_turns([partial(_get, client, address) for client in clients], 30)
        ratio = officer.median / leader.median
        most, worst = max(most, officer.queries, leader.queries), max(worst, ratio)
        table.rows.append(
            (name, str(officer), str(officer.queries), str(leader), str(leader.queries), f"{ratio:.2f}")
        )
    table.goals = [
        (f"at most {MOST_QUERIES} queries a page ({most})", most <= MOST_QUERIES),
        (f"the officer's page costs at most 1.5 times the leader's (worst {worst:.2f})", worst <= 1.5),
    ]
    return [table]


def _client(cast: Cast, member: str) -> Client:
    client = Client(SERVER_NAME="localhost")
    log_in(client, cast.actor(member))
    return client


def _get(client: Client, address: str) -> Any:
    answer = client.get(address)
    if answer.status_code != 200:
        raise AssertionError(f"{address} answered {answer.status_code}")
    return answer
