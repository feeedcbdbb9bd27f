"""Ratings as officers see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from jingkai.kernel.hooks.api import local
from jingkai.modules.approvals.models import Rating
from jingkai.ui.data import Part, StackedBar
from jingkai.ui.words import rating_levels

TONES = {5: "ok", 4: "ok", 3: "none", 2: "warn", 1: "late"}


def rating_page(ratings: Sequence[Rating], counted: Mapping[int, int]) -> dict[str, Any]:
    """One page of ratings, and how the levels share among all that the filter leaves."""
    most, total = max(counted.values(), default=1), sum(counted.values())
    bars = [
        StackedBar(
            name,
            [Part(name, counted.get(level, 0) * 100 / most, TONES[level])],  # type: ignore[arg-type]
            str(counted.get(level, 0)),
        )
        for level, name in rating_levels()
    ]
    names = dict(rating_levels())
    rows = [
        {"rating": rating, "name": names[rating.level], "tone": TONES[rating.level]} for rating in ratings
    ]
    good = sum(number for level, number in counted.items() if level >= 3)
    share = f"{good * 100 / total:.1f}%" if total else "—"
    return {"rows": rows, "bars": bars, "share": share, "count": total, "title": _("Ratings")}


def rating_head() -> list[tuple[str, int]]:
    """The columns of the spreadsheet of ratings."""
    return [
        (_("Level"), 14),
        (_("Matter"), 16),
        (_("Service"), 30),
        (_("Applicant’s words"), 50),
        (_("When"), 17),
    ]


def rating_lines(ratings: Iterable[Rating]) -> Iterator[list[Any]]:
    """The lines of the spreadsheet of ratings."""
    names = dict(rating_levels())
    for rating in ratings:
        case = rating.application.case
        yield [
            str(names[rating.level]),
            case.reference if case else "",
            local(rating.application.package, "name"),
            rating.comment,
            rating.rated_at,
        ]
