"""Writes of evaluations, by topic."""

from jingkai.modules.evaluations.operations.appealing import appeal_rating, decide_appeal
from jingkai.modules.evaluations.operations.complaining import answer_complaint, open_complaint
from jingkai.modules.evaluations.operations.exporting import record_export
from jingkai.modules.evaluations.operations.giving import (
    rate_by_code,
    rate_matter,
    take_over_rating,
)
from jingkai.modules.evaluations.operations.inviting import (
    invite_after_visit,
    invite_to_rate_matter,
    invite_to_rate_visit,
)
from jingkai.modules.evaluations.operations.publishing import review_comment
from jingkai.modules.evaluations.operations.rectifying import record_measures, record_visit
from jingkai.modules.evaluations.operations.seeding import seed_evaluations

__all__ = [
    "answer_complaint",
    "appeal_rating",
    "decide_appeal",
    "invite_after_visit",
    "invite_to_rate_matter",
    "invite_to_rate_visit",
    "open_complaint",
    "rate_by_code",
    "rate_matter",
    "record_export",
    "record_measures",
    "record_visit",
    "review_comment",
    "seed_evaluations",
    "take_over_rating",
]
