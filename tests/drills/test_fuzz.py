"""The whole interface under generated calls: whatever is sent, the answer is never our fault."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jingkai.kernel.exchange.rules import scopes
from jingkai.kernel.exchange.testing import make_token
from jingkai.modules.approvals.testing import Hall

pytestmark = pytest.mark.django_db
EXAMPLES = 12
"""Calls of each kind; the same ones in every run."""

CLIENT = Client(raise_request_exception=False)
QUIET = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_no_generated_call_is_answered_with_our_fault(hall: Hall) -> None:
    accepted = hall.bring_to("accepted")
    known = {
        "number": [hall.case(accepted).reference, str(accepted.uuid)],
        "code": [hall.package.code],
        "uuid": [str(accepted.uuid)],
    }
    headers = {"Authorization": f"Bearer {make_token([one.code for one in scopes.all()], rate=6000)[1]}"}
    schema = schemathesis.openapi.from_dict(CLIENT.get("/api/v1/openapi.json").json())
    answers: Counter[str] = Counter()
    for found in schema.get_all_operations():
        _call_often(found.ok(), known, headers, answers)
    faults = {call: number for call, number in answers.items() if call.split()[-1].startswith("5")}
    assert faults == {}
    assert {call.split()[-1][0] for call in answers} >= {"2", "4"}


def _call_often(operation: Any, known: dict[str, list[str]], headers: Any, answers: Counter[str]) -> None:
    """Call one operation with generated values, in every second call about something that is there."""

    @QUIET
    @given(case=operation.as_strategy(), real=st.booleans(), place=st.integers(0, 1))
    def call(case: Any, real: bool, place: int) -> None:
        for name, values in known.items():
            if real and name in (case.path_parameters or {}):
                case.path_parameters[name] = values[place % len(values)]
        sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
        answer = CLIENT.generic(
            sent.method or "",
            sent.path_url,
            sent.body or b"",
            content_type=sent.headers.get("Content-Type", "application/json"),
            headers={**sent.headers, **headers},
        )
        answers[f"{operation.method} {operation.path} {answer.status_code}"] += 1

    call()
