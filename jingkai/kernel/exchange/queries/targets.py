"""Which hosts may be called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from jingkai.kernel.exchange.data import CallRefused, Target
from jingkai.kernel.exchange.rules import endpoints
from jingkai.kernel.exchange.rules.targets import KIND, read_url, target_of
from jingkai.kernel.rules.api import list_rules


def list_targets(*, on: date) -> Iterator[Target]:
    """Give every host that may be called on a day: what the environment names, then the list's entries.

    The database is asked only by whoever reads beyond the first: a call to the store of files, which may last
    as long as its file is large, holds no connection.
    """
    yield from _of_the_environment()
    for rule in list_rules(KIND, on=on):
        yield target_of(rule.value)


def _of_the_environment() -> list[Target]:
    found = []
    for endpoint in endpoints.all():
        address = endpoint.address()
        if not address:
            continue
        try:
            scheme, host, port, _rest = read_url(address)
        except CallRefused:
            continue
        found.append(
            Target(host, port, frozenset({endpoint.purpose}), internal=True, plain_http=scheme == "http")
        )
    return found
