"""For other apps' tests: decide who is who for the length of a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from jingkai.kernel.permissions import operations, rules
from jingkai.kernel.permissions.data import Access

PASSED = 299
"""The status of a request that the guard let pass and that was stopped there."""


@contextmanager
def resolving(resolver: rules.ActorResolver) -> Iterator[None]:
    """Use this resolver inside the block, whatever the organisation says."""
    before = list(rules.resolvers)
    rules.set_actor_resolver(resolver)
    try:
        yield
    finally:
        rules.resolvers[:] = before


@contextmanager
def stopping_after_the_guard(lets_through: Callable[[HttpRequest], bool]) -> Iterator[None]:
    """Answer with `PASSED` where the guard of a page lets somebody in, save what goes through to the page.

    A walk over every page and person asks about the guard; to make each page each time costs a hundredfold.
    """
    check = operations.check_access

    def stop(request: HttpRequest, access: Access) -> HttpResponseBase | None:
        refused = check(request, access)
        return refused if refused is not None or lets_through(request) else HttpResponse(status=PASSED)

    with patch.object(operations, "check_access", stop):
        yield
