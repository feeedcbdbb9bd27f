"""Matters stand whatever people do to them, in whatever order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from jingkai.kernel.calendar.api import Calendar
from jingkai.kernel.organisation.testing import Cast
from tests.architecture.machine import Casework

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "6"))
"""So many runs of so many steps; `make drill` asks for more."""
STEPS = 30
MANY = 40
"""From so many runs on every act must have been possible somewhere; in a few, chance leaves some out."""
NEVER_DONE = 4
"""So few acts may have been possible in no run; more would mean that the machine only meets refusals."""
ACTS = (
    *(
        "start",
        "withdraw",
        "resubmit",
        "decide",
        "batch",
        "claim",
        "release",
        "transfer",
        "entrust",
        "answer",
    ),
    *("recall", "delegate", "urge", "circulate", "suspend", "resume", "extend", "stop", "timer"),
)


@pytest.mark.django_db
def test_whatever_people_do_in_whatever_order(
    cast: Cast, clock_rules: Calendar, record_property: Callable[[str, object], None]
) -> None:
    done: Counter[str] = Counter()
    run_state_machine_as_test(
        lambda: Casework(cast, done),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("acts", ", ".join(f"{act} {number}" for act, number in sorted(done.items())))
    assert EXAMPLES < MANY or len([act for act in ACTS if not done[act]]) <= NEVER_DONE, done
