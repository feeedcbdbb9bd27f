"""Writes of the inbox: what modules register while starting, claims, and the views that people save."""

from jingkai.casework.inbox.operations.claiming import (
    Claimed,
    NothingChosen,
    PoolIsEmpty,
    claim_many,
    claim_next,
)
from jingkai.casework.inbox.operations.exporting import record_export
from jingkai.casework.inbox.operations.figures import keep_figures
from jingkai.casework.inbox.operations.registries import case_kinds, task_panels
from jingkai.casework.inbox.operations.views import TooManyViews, delete_view, save_view

__all__ = [
    "Claimed",
    "NothingChosen",
    "PoolIsEmpty",
    "TooManyViews",
    "case_kinds",
    "claim_many",
    "claim_next",
    "delete_view",
    "keep_figures",
    "record_export",
    "save_view",
    "task_panels",
]
