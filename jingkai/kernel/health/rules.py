"""Who may see how the installation does, and when its operator is told of a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from jingkai.kernel.health.data import Finding, Told
from jingkai.kernel.permissions.data import Permission

SEE = "health.see"
PERMISSIONS = (Permission(SEE, "查看系统运行状况", "See how the installation does", "system"),)

RANKS = {"ok": 0, "warn": 1, "fail": 2}
APART = timedelta(minutes=30)
"""A question whose answer goes to and fro is told of at most so often, unless it gets worse."""
AGAIN = (timedelta(hours=4), timedelta(days=1))
"""A failure that lasts is told again after so long, and from then on after the last of these."""


def to_tell(known: Mapping[str, Told], findings: Iterable[Finding], *, at: datetime) -> list[Finding]:
    """Which findings the operator is told of now: changes once, failures that last again, and “all clear”."""
    return [one for one in findings if _is_told(known.get(one.name), one, at)]


def _is_told(before: Told | None, finding: Finding, at: datetime) -> bool:
    if before is None:
        return finding.state != "ok"
    if finding.state != before.state:
        worse = RANKS[finding.state] > RANKS[before.state]
        return (worse and before.state != "ok") or at >= before.at + APART
    wait = AGAIN[min(before.times, len(AGAIN)) - 1]
    return finding.state == "fail" and at >= before.at + wait


def after_telling(before: Told | None, finding: Finding, *, at: datetime) -> Told:
    """What is remembered of a finding that the operator was told of."""
    times = before.times + 1 if before is not None and before.state == finding.state else 1
    return Told(finding.state, at, times)
