"""What is done to the installation itself: commands, upgrades, and changed settings of the environment.

Once each: the newest entry of its kind tells what was known, and nothing is written where nothing changed.
Settings are written as their names and a salted hash of each value, never the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from jingkai.kernel.audit.operations.entries import record
from jingkai.kernel.audit.queries.entries import entries_of
from jingkai.kernel.audit.rules.marks import mark

if TYPE_CHECKING:
    from jingkai.kernel.permissions.data import Actor

INSTALLATION = ("audit.installation", 1)
COMMAND, UPGRADED, CONFIGURED = "installation.command", "installation.upgraded", "installation.configured"
MOST_NAMES = 100
DIGITS = 16
_LOCK = "hashtext('jingkai installation')"


def record_command(*, command: str, by: Actor, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
    """Write down that somebody ran a command on the machine that changes, or takes away, what is there."""
    record(INSTALLATION, action=COMMAND, by=by, at=at, facts={"command": command, **(facts or {})})


@transaction.atomic
def record_upgrade(*, release: str, applied: Mapping[int, str], by: Actor, at: datetime) -> bool:
    """Write down from which release to which the tables went; tells whether they did.

    `applied` are all migrations by their numbers: those beyond the last that was written down are new.
    """
    _in_turn()
    before = _newest(UPGRADED)
    new = [name for number, name in sorted(applied.items()) if number > before.get("last", 0)]
    if before.get("to") == release and not new:
        return False
    facts = {
        "from": before.get("to", ""),
        "to": release,
        "count": len(new),
        "migrations": new[:MOST_NAMES],
        "last": max(applied, default=0),
    }
    record(INSTALLATION, action=UPGRADED, by=by, at=at, facts=facts)
    return True


@transaction.atomic
def record_settings(*, machine: str, values: Mapping[str, str], by: Actor, at: datetime) -> bool:
    """Write down which settings of a machine changed since they were written down last; tells whether any."""
    _in_turn()
    known = _newest(CONFIGURED, facts__machine=machine).get("settings", {})
    now = {name: mark(f"{name}={value}")[:DIGITS] for name, value in sorted(values.items())}
    if known == now:
        return False
    facts = {
        "machine": machine,
        "changed": sorted(name for name in known.keys() & now.keys() if known[name] != now[name]),
        "added": sorted(now.keys() - known.keys()),
        "removed": sorted(known.keys() - now.keys()),
        "settings": now,
    }
    record(INSTALLATION, action=CONFIGURED, by=by, at=at, facts=facts)
    return True


def _newest(action: str, **wanted: Any) -> dict[str, Any]:
    found = entries_of(INSTALLATION).filter(action=action, **wanted).order_by("-sequence")
    return found.values_list("facts", flat=True).first() or {}


def _in_turn() -> None:
    """Two processes that start at once write one entry."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
