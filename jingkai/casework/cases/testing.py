"""A joint approval for tests of other apps, and short ways to move it.

def test_x(approval_case, cast):
    finish(approval_case, "accept", "accept", by=cast.clerk)

After every test of the product the cases that it touched are written again from their trails and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.flow.api import publish
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.audit.testing import streams_written
from jingkai.kernel.permissions.data import SYSTEM, Actor

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""A Monday morning in the zone."""

APPROVAL = """
    start > accept > gate[outcome == 'correct'] > supplement > accept
    gate[] > fork
    fork > fire > join
    fork > airdefence > join
    fork > quality > join
    join > summarise > sign > gate_sign[outcome == 'sign'] > seal > end
    gate_sign[] > summarise
    accept: name=受理 nameEn="Check and accept" pool=approval outcomes=accept,correct clock=acceptance
    supplement: name=补正 nameEn=Supplement pool=applicant outcomes=supplied
    fire: name=消防审查 nameEn="Fire review" pool=fire outcomes=agree,object clock=fire branch=fire
    airdefence: name=人防审查 nameEn="Air defence review" pool=airdefence outcomes=agree,object
    airdefence: branch=airdefence
    quality: name=质安审查 nameEn="Quality review" pool=quality outcomes=agree,object branch=quality
    summarise: name=汇总 nameEn=Summary pool=fire outcomes=granted,denied outcomeAs=conclusion
    sign: name=签发 nameEn=Signature pool=role:signer outcomes=sign,return sendBackTo=fire phone=true
    seal: name=用印 nameEn=Seal pool=role:custodian outcomes=sealed
"""
"""Eleven steps with one correction and one return; three departments in parallel."""


def publish_drawing(key: str, text: str, *, variables: str = "") -> FlowVersion:
    """Publish a flow written in the short form of `flow.testing`."""
    return publish(key=key, bpmn=bpmn(key, text, variables=variables), by=SYSTEM, at=NOW)


def open_nodes(case: Case) -> set[str]:
    """Give the nodes at which a case has open tasks."""
    return set(Task.objects.filter(case=case, state=Task.State.OPEN).values_list("node_id", flat=True))


def open_task(case: Case, node: str) -> Task:
    """Give the open task at a node."""
    return Task.objects.get(case=case, node_id=node, state=Task.State.OPEN)


def finish(
    case: Case, node: str, outcome: str, *, by: Actor = SYSTEM, at: datetime = NOW, **more: Any
) -> Case:
    """Complete the open task at a node."""
    return api.complete_task(task=open_task(case, node), outcome=outcome, by=by, at=at, **more)


@pytest.fixture(autouse=True)
def cases_follow_from_their_trails(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test: every case that it wrote about in the trail agrees with its trail, row by row."""
    marker, names = request.node.get_closest_marker, set(request.fixturenames)
    if marker("journey") or "tamper" in names or not (marker("django_db") or "db" in names):
        yield
        return
    request.getfixturevalue("db")
    with streams_written() as written:
        yield
    numbers = [number for kind, number in written if kind == Case._meta.label_lower]
    if numbers and not connection.needs_rollback:
        for case_id in Case.objects.filter(pk__in=numbers).values_list("pk", flat=True):
            assert api.differences(case_id) == []


@pytest.fixture
def publish_flow(db: None) -> Callable[..., FlowVersion]:
    """Publish a flow written in the short form."""
    return publish_drawing


@pytest.fixture
def approval_flow(cast: Any) -> FlowVersion:
    """The joint approval, over the cast's units and roles."""
    return publish_drawing("approval", APPROVAL)


@pytest.fixture
def approval_case(approval_flow: FlowVersion, cast: Any) -> Case:
    """A joint approval that the enterprise's handler has just started."""
    return api.start_case(
        flow_key="approval",
        kind="approvals",
        title="二期厂房",
        title_en="Second factory hall",
        applicant=cast.enterprise,
        starter=cast.person("handler"),
        reference="SP2026-00001",
        by=cast.handler,
        at=NOW,
    )
