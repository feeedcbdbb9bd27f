"""Ratings as officers see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from jingkai.modules.approvals.models import Rating
from jingkai.ui.data import Part, StackedBar
from jingkai.ui.words import rating_levels

TONES = {5: "ok", 4: "ok", 3: "none", 2: "warn", 1: "late"}


def rating_page(ratings: Sequence[Rating]) -> dict[str, Any]:
    """The newest ratings, and how the levels share among them."""
    counted = Counter(rating.level for rating in ratings)
    most = max(counted.values(), default=1)
    bars = [
        StackedBar(name, [Part(name, counted[level] * 100 / most, TONES[level])], str(counted[level]))  # type: ignore[arg-type]
        for level, name in rating_levels()
    ]
    names = dict(rating_levels())
    rows = [
        {"rating": rating, "name": names[rating.level], "tone": TONES[rating.level]} for rating in ratings
    ]
    good = sum(1 for rating in ratings if rating.level >= 3)
    share = f"{good * 100 / len(ratings):.1f}%" if ratings else "—"
    return {"rows": rows, "bars": bars, "share": share, "count": len(ratings), "title": _("Ratings")}
