"""What stands at the head of an enterprise's home page: figures that each module adds for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jingkai.kernel.hooks.api import Registry
from jingkai.ui.data import Stat


@dataclass(frozen=True, slots=True)
class HomeStat:
    """Figures of one module: `stats(request, enterprise)` gives them; none where there is nothing to tell."""

    key: str
    stats: Callable[[Any, Any], Sequence[Stat]]
    order: int = 100


home_stats: Registry[HomeStat] = Registry("enterprise_home")


def stats_of(request: Any, enterprise: Any) -> list[Stat]:
    """All figures for one enterprise, in the order of their modules."""
    found = sorted(home_stats.all(), key=lambda one: one.order)
    return [stat for one in found for stat in one.stats(request, enterprise)]
