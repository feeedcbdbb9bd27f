"""For other apps' tests: decide who is who for the length of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jingkai.kernel.permissions import rules


@contextmanager
def resolving(resolver: rules.ActorResolver) -> Iterator[None]:
    """Use this resolver inside the block, whatever the organisation says."""
    before = list(rules.resolvers)
    rules.set_actor_resolver(resolver)
    try:
        yield
    finally:
        rules.resolvers[:] = before
