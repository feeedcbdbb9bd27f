"""Every operation of the interface × every scope gives what one matrix says; nothing opens without token."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.exchange.api import scopes
from jingkai.kernel.exchange.operations import calls
from jingkai.kernel.exchange.testing import make_token
from tests.architecture.pages import SAMPLES
from tests.architecture.scopes import Operation, matrix, operations

PART = re.compile(r"\{(\w+):\w+\}")
PARTS = {**SAMPLES, "uuidstr": SAMPLES["uuid"]}
REFUSED = (401, 429)
"""Without a token; and after so many tries without one."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FEWEST = 15
"""So many operations at least; fewer would mean that they are no longer found."""


def codes() -> list[str]:
    return [one.code for one in scopes.all()]


def test_the_matrix_says_what_the_operations_declare() -> None:
    assert matrix() == {one.place: one.scope for one in operations()}
    assert len(operations()) >= FEWEST


def test_every_operation_asks_for_a_scope_that_exists() -> None:
    assert [one.place for one in operations() if one.scope not in codes()] == []


def faults(found: list[Operation]) -> list[str]:
    """What the guards and the matrix disagree in: each scope alone, all but the right one, none."""
    wanted = matrix()
    wrong = []
    for one in found:
        right = wanted.get(one.place, "")
        for code in codes():
            if one.lets_in([code]) is not (code == right):
                wrong.append(f"{one.method} {one.address} with {code} alone")
        if one.lets_in([]) or one.lets_in([code for code in codes() if code != right]):
            wrong.append(f"{one.method} {one.address} without {right}")
    return wrong


def test_walk_every_operation_with_every_scope() -> None:
    assert faults(operations()) == []


def test_a_guard_that_is_gone_or_asks_for_another_scope_is_noticed() -> None:
    for one in operations():
        bare = Operation(one.method, one.address, one.scope, lambda _request: None)
        assert faults([bare]), one.place
        other = next(code for code in codes() if code != one.scope)
        wrapped: Callable[..., Any] = one.view.__wrapped__  # type: ignore[attr-defined]
        assert faults([Operation(one.method, one.address, other, calls.needs(other)(wrapped))]), one.place


@pytest.mark.django_db
def test_nothing_opens_without_a_token_and_no_method_beside_those_of_the_matrix() -> None:
    client = Client(raise_request_exception=False)
    _token, text = make_token(["items:read"])
    known: dict[str, set[str]] = {}
    for method, address in matrix():
        known.setdefault(address, set()).add(method)
    for address, methods in known.items():
        path = PART.sub(lambda found: PARTS[found[1]], address)
        for method in METHODS:
            assert client.generic(method, path).status_code in REFUSED, f"{method} {path}"
        for method in sorted(set(METHODS) - methods):
            given = {"authorization": f"Bearer {text}", "idempotency-key": f"{method} {path}"}
            body = b"{}" if method in ("POST", "PUT", "PATCH") else b""
            answer = client.generic(method, path, body, "application/json", headers=given)
            assert answer.status_code == 405, f"{method} {path}: {answer.status_code}"
