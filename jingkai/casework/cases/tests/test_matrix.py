"""The routing matrix: every act on every shape of flow; nothing is lost, no join waits for ever."""

from __future__ import annotations

from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.testing import NOW, publish_drawing
from jingkai.casework.cases.tests.drawings import blocks, draw
from jingkai.casework.cases.tests.driving import (
    ACTS,
    LATER,
    SHAPES,
    SMALL,
    advance_by_one,
    check,
    drawing_of,
    drive,
    works,
)
from jingkai.casework.flow.api import publish
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db

STEPS_BEFORE = ((1, -1), (2, 0), (3, -1))
"""How far a case has come when somebody acts, and on which of the open tasks."""

numbers = iter(range(100_000))


def begin(key: str) -> Case:
    number = next(numbers)
    return api.start_case(flow_key=key, kind="x", title="t", reference=f"M{number}", by=SYSTEM, at=NOW)


def act(name: str, case: Case, place: int, cast) -> bool:
    """Do one act on one of the open tasks; says whether it was allowed."""
    rows = works(case)
    if not rows:
        return False
    try:
        ACTS[name](rows[place % len(rows)], cast, NOW + LATER)
    except PersonFacingError:
        return False
    return True


@pytest.mark.parametrize("shape", SHAPES)
def test_matrix(shape, cast):
    """One test per shape: an act at every depth on the first and the last open task, then to the end.

    A case is brought to each depth once; every act begins there.
    """
    publish_drawing("small", SMALL)
    key = f"shape-{shape.replace(' ', '-')}"
    publish_drawing(key, drawing_of(shape), variables="flag:boolean")
    allowed = set()
    for steps, place in STEPS_BEFORE:
        begun = begin(key)
        for _step in range(steps):
            advance_by_one(begun)
        for name in ACTS:
            with transaction.atomic():
                case = Case.objects.get(pk=begun.pk)
                if act(name, case, place, cast):
                    allowed.add(name)
                check(case)
                drive(case)
                for ended in (case, *Case.objects.filter(parent_task__case=case)):
                    check(ended)
                transaction.set_rollback(True)
    assert set(ACTS) - allowed <= {"recall"}, "an act that nobody could do proves nothing"


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(blocks, st.randoms(use_true_random=False))
def test_random_acts_on_generated_flows(cast, block, random):
    """Random acts one after the other, on flows drawn at random; then forward to the end."""
    walk(draw(block, key="drawn"), "drawn", random, cast)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("shape", SHAPES)
def test_random_acts_on_every_shape(shape, seed, cast):
    publish_drawing("small", SMALL)
    key = f"shape-{shape.replace(' ', '-')}"
    walk(bpmn(key, drawing_of(shape), variables="flag:boolean"), key, Random(seed), cast)


def walk(drawing: bytes, key: str, random, cast) -> None:
    publish(key=key, bpmn=drawing, by=SYSTEM, at=NOW)
    case = begin(key)
    for _step in range(14):
        case.refresh_from_db()
        if case.state != "open":
            break
        if random.random() < 0.35:
            advance_by_one(case)
        else:
            act(random.choice(list(ACTS)), case, random.randrange(6), cast)
        check(case)
    drive(case)
    check(case)
