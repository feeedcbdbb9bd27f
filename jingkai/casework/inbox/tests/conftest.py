"""A signed-in browser at the moment of the tests, and a case with clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.testing import NOW
from jingkai.casework.clock import api as clock
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.permissions.data import SYSTEM, Actor


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """Every request of these tests comes at the same moment, a Monday morning."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(db: None) -> Callable[[Actor], Client]:
    """Sign somebody in on a browser of their own."""

    def open_for(actor: Actor) -> Client:
        client = Client()
        log_in(client, actor)
        return client

    return open_for


@pytest.fixture
def timed_case(approval_case: Case, clock_rules: Any) -> Case:
    """The joint approval with its acceptance clock running since today."""
    started = clock.start_clock(
        limit=clock.get_limit("permit_acceptance", on=NOW.date()),
        label="受理",
        label_en="Acceptance",
        by=SYSTEM,
        at=NOW,
    )
    cases.attach_clock(case=approval_case, key="acceptance", clock=started, by=SYSTEM, at=NOW)
    approval_case.refresh_from_db()
    return approval_case


def start(cast: Any, reference: str, title: str = "另一厂房") -> Case:
    """Open another joint approval."""
    return cases.start_case(
        flow_key="approval",
        kind="approvals",
        title=title,
        applicant=cast.other_enterprise,
        reference=reference,
        by=cast.other_handler,
        at=NOW,
    )


@pytest.fixture
def another_case(approval_flow: Any, cast: Any) -> Case:
    """A second case, of another enterprise, without a clock."""
    return start(cast, "SP2026-00002")


@pytest.fixture
def formula_case(approval_flow: Any, cast: Any) -> Case:
    """A case whose title a spreadsheet would take for a formula."""
    return start(cast, "SP2026-00003", "=1+1")


@pytest.fixture
def many_tasks(approval_flow: Any, cast: Any) -> list[Case]:
    """More cases in one pool than two pages hold."""
    return [start(cast, f"SP2026-1{number:04d}") for number in range(120)]
