"""Reads of evaluations, by topic."""

from jingkai.modules.evaluations.queries.figures import (
    figures_by,
    newest_comments,
    summed,
)
from jingkai.modules.evaluations.queries.invitations import newest_at_window, open_invitation
from jingkai.modules.evaluations.queries.registers import (
    Cursor,
    Wanted,
    all_evaluations,
    get_evaluation,
    list_evaluations,
    of_case,
    own_evaluations,
    rated_units,
)

__all__ = [
    "Cursor",
    "Wanted",
    "all_evaluations",
    "figures_by",
    "get_evaluation",
    "list_evaluations",
    "newest_at_window",
    "newest_comments",
    "of_case",
    "open_invitation",
    "own_evaluations",
    "rated_units",
    "summed",
]
