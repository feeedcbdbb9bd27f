"""Asking other zones for their figures, by the interface that every zone has."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from jingkai.kernel.exchange.api import call
from jingkai.kernel.exchange.data import CallFailed
from jingkai.modules.efficiency.data import Zone

PURPOSE = "other"
"""What the zones' hosts must stand on the allow-list for."""


class ZoneSilent(Exception):
    """A zone gave no figures; says why."""


def ask_zone(zone: Zone, *, by: str, since: str, until: str) -> dict[str, Any]:
    """Give a zone's figures as its interface tells them. Error: ZoneSilent."""
    given = {name: value for name, value in (("by", by), ("since", since), ("until", until)) if value}
    address = f"{zone.url.rstrip('/')}/api/v1/efficiency?{urlencode(given)}"
    try:
        answer = call(address, purpose=PURPOSE, headers={"Authorization": f"Bearer {zone.token}"})
    except CallFailed as error:
        raise ZoneSilent(f"{type(error).__name__}: {error}"[:200]) from error
    if not answer.ok:
        raise ZoneSilent(f"answered {answer.status}")
    try:
        found = answer.json()
        _ = found["rows"], found["totals"], found["months"], found["as_of"]
    except (ValueError, KeyError, TypeError) as error:
        raise ZoneSilent("the answer is none of this interface") from error
    return dict(found)
