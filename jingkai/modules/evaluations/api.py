"""The door of evaluations: invite to rate a visit or a matter, and what was rated."""

from jingkai.modules.evaluations.operations import (
    answer_complaint,
    invite_to_rate_matter,
    invite_to_rate_visit,
    open_complaint,
    rate_by_code,
    rate_matter,
    record_measures,
    record_visit,
    review_comment,
    seed_evaluations,
    take_over_rating,
)
from jingkai.modules.evaluations.operations.rectifying import VisitWords
from jingkai.modules.evaluations.queries import all_evaluations, figures_by, summed
from jingkai.modules.evaluations.rules import SEE_ALL, code_of

__all__ = [
    "SEE_ALL",
    "VisitWords",
    "all_evaluations",
    "answer_complaint",
    "code_of",
    "figures_by",
    "invite_to_rate_matter",
    "invite_to_rate_visit",
    "open_complaint",
    "rate_by_code",
    "rate_matter",
    "record_measures",
    "record_visit",
    "review_comment",
    "seed_evaluations",
    "summed",
    "take_over_rating",
]
