"""Which hosts may be called."""

from __future__ import annotations

from datetime import date

from jingkai.kernel.exchange.data import CallRefused, Target
from jingkai.kernel.exchange.rules import endpoints
from jingkai.kernel.exchange.rules.targets import KIND, read_url, target_of
from jingkai.kernel.rules.api import list_rules


def list_targets(*, on: date) -> list[Target]:
    """Give every host that may be called on a day: the list's entries, and what the environment names."""
    listed = [target_of(rule.value) for rule in list_rules(KIND, on=on)]
    return [*_of_the_environment(), *listed]


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
