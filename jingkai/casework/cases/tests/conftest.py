"""Flows and moments that the tests of cases share."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from jingkai.casework.flow.api import publish
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.permissions.data import SYSTEM

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

APPROVAL = """
    start > accept > gate
    gate ? outcome == 'correct' > supplement
    supplement > accept
    gate ?? > fork
    fork > fire > join
    fork > airdefence > join
    fork > quality > join
    join > summarise > sign > gate_sign
    gate_sign ? outcome == 'sign' > seal
    gate_sign ?? > summarise
    seal > end
    accept: pool=approval outcomes=accept,correct clock=acceptance nameEn="Check and accept"
    supplement: pool=applicant outcomes=supplied
    fire: pool=fire outcomes=agree,object clock=fire branch=fire
    airdefence: pool=airdefence outcomes=agree,object branch=airdefence
    quality: pool=quality outcomes=agree,object branch=quality
    summarise: pool=fire outcomes=granted,denied outcomeAs=conclusion
    sign: pool=role:signer outcomes=sign,return
    seal: pool=role:custodian outcomes=sealed
"""


@pytest.fixture
def publish_flow() -> Callable[..., FlowVersion]:
    """Publish a flow written in the tests' short form."""

    def make(key: str, text: str, variables: str = "") -> FlowVersion:
        drawing = bpmn(key, text, variables=variables)
        return publish(key=key, bpmn=drawing, by=SYSTEM, at=NOW)

    return make


@pytest.fixture
def approval(cast: object, publish_flow: Callable[..., FlowVersion]) -> FlowVersion:
    """The joint approval of the tests: correction, three branches, a return, eleven steps."""
    return publish_flow("approval", APPROVAL)
