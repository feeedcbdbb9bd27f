"""Signed-in browsers at the moment of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from jingkai.casework.cases.testing import NOW
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.permissions.data import Actor


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
        client.user = log_in(client, actor)  # type: ignore[attr-defined]
        return client

    return open_for
