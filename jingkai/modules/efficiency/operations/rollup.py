"""Figures of several zones in one table: each is asked by its interface, the sums are made here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jingkai.modules.efficiency import rules
from jingkai.modules.efficiency.connectors import ZoneSilent, ask_zone
from jingkai.modules.efficiency.data import Zone


def roll_up(zones: Sequence[Zone], *, by: str, since: str, until: str) -> dict[str, Any]:
    """Ask every zone and add up what they answered; who is silent is named with the reason.

    Units are not offered to add up by: each zone has its own. Nothing is written.
    """
    told, silent = [], []
    for zone in zones:
        try:
            told.append((zone, ask_zone(zone, by=by, since=since, until=until)))
        except ZoneSilent as error:
            silent.append({"name": zone.name, "why": str(error)})
    parts = {
        part: rules.add_up(row for _zone, figures in told for row in figures[part])
        for part in ("rows", "months", "totals")
    }
    heard = [{"name": zone.name, "as_of": figures["as_of"]} for zone, figures in told]
    return {"by": by, "zones": heard, "silent": silent, **parts}
