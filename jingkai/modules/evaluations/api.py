"""The door of evaluations: invite to rate a visit or a matter, and what was rated."""

from jingkai.modules.evaluations.operations import (
    invite_to_rate_matter,
    invite_to_rate_visit,
    rate_by_code,
    rate_matter,
    record_measures,
    record_visit,
    seed_evaluations,
    take_over_rating,
)
from jingkai.modules.evaluations.queries import figures_by, summed
from jingkai.modules.evaluations.rules import SEE_ALL, code_of

__all__ = [
    "SEE_ALL",
    "code_of",
    "figures_by",
    "invite_to_rate_matter",
    "invite_to_rate_visit",
    "rate_by_code",
    "rate_matter",
    "record_measures",
    "record_visit",
    "seed_evaluations",
    "summed",
    "take_over_rating",
]
