"""Writes of work orders."""

from jingkai.modules.hotline.operations.answering import WordsMissing, answer_order, tell_progress
from jingkai.modules.hotline.operations.declaring import declare_exchanges, declare_notices
from jingkai.modules.hotline.operations.opening import open_order
from jingkai.modules.hotline.operations.seeding import seed_hotline

__all__ = [
    "WordsMissing",
    "answer_order",
    "declare_exchanges",
    "declare_notices",
    "open_order",
    "seed_hotline",
    "tell_progress",
]
