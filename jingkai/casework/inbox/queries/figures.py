"""The cockpit's figures as a whole: those that were counted a few minutes ago where counting is long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jingkai.casework.inbox.queries.cockpit import (
    Load,
    Moved,
    Standing,
    get_moved,
    get_standing,
    get_standing_or_kept,
)
from jingkai.kernel.hooks.api import may_lag
from jingkai.kernel.permissions.data import Actor

FRESH = timedelta(minutes=20)
"""How old kept figures may be; the job that counts them comes every five minutes."""

FEW = 3000
"""Cases over which figures are always counted at once."""

_LOAD = ("party_id", "uuid", "name", "name_en", "total", "late", "warn", "ok", "hold")
_COUNTS = ("open", "late", "today", "warn", "hold", "cut")
_DAYS = ("used", "promised", "statutory")


@dataclass(frozen=True, slots=True)
class Board:
    """The cockpit's figures; `counted_at` where they were counted some minutes ago and kept."""

    standing: Standing
    moved: Moved
    counted_at: datetime | None = None

    @property
    def looked_at(self) -> int:
        """How many cases the figures looked at."""
        return self.standing.open + sum(self.moved.opened.values()) + sum(self.moved.closed.values())


@may_lag
def get_board(*, actor: Actor, at: datetime) -> Board:
    """Give the figures that were counted a few minutes ago, else count now: one statement, or two.

    The cases that press are always those of this moment.
    """
    standing, kept = get_standing_or_kept(actor=actor, at=at, fresh=at - FRESH)
    if kept is None:
        return Board(standing, get_moved(actor=actor, at=at))
    return Board(_standing(kept.facts["standing"], standing), _moved(kept.facts["moved"]), kept.counted_at)


@may_lag
def count_board(*, actor: Actor, at: datetime) -> Board:
    """Count all figures now, whatever is kept."""
    return Board(get_standing(actor=actor, at=at), get_moved(actor=actor, at=at))


def facts_of(board: Board) -> dict[str, Any]:
    """Write the figures down; what presses and the calendar are not among them."""
    standing, moved = board.standing, board.moved
    return {
        "standing": {
            **{name: getattr(standing, name) for name in _COUNTS},
            "longest_late": standing.longest_late,
            "loads": [{name: getattr(load, name) for name in _LOAD} for load in standing.loads],
        },
        "moved": {
            **{name: getattr(moved, name) for name in ("closed_this_month", "judged", "on_time", "cut")},
            **{name: getattr(moved, name) for name in _DAYS},
            "weeks": [[week, moved.opened.get(week, 0), moved.closed.get(week, 0)] for week in moved.weeks],
        },
    }


def _standing(facts: Mapping[str, Any], live: Standing) -> Standing:
    late = facts["longest_late"]
    return replace(
        live,
        **{name: facts[name] for name in _COUNTS},
        longest_late=datetime.fromisoformat(late) if late else None,
        loads=tuple(Load(**load) for load in facts["loads"]),
    )


def _moved(facts: Mapping[str, Any]) -> Moved:
    weeks = [(date.fromisoformat(week), opened, closed) for week, opened, closed in facts["weeks"]]
    used, promised, statutory = (None if facts[name] is None else Decimal(facts[name]) for name in _DAYS)
    return Moved(
        weeks=tuple(week for week, _opened, _closed in weeks),
        opened={week: opened for week, opened, _closed in weeks if opened},
        closed={week: closed for week, _opened, closed in weeks if closed},
        closed_this_month=facts["closed_this_month"],
        judged=facts["judged"],
        on_time=facts["on_time"],
        used=used,
        promised=promised,
        statutory=statutory,
        cut=facts["cut"],
    )
