"""Writes of efficiency: facts and reports."""

from jingkai.modules.efficiency.operations.exporting import record_export
from jingkai.modules.efficiency.operations.facts import check_facts, rebuild_facts, refresh_matter
from jingkai.modules.efficiency.operations.reports import (
    ask_for_report,
    issue_report,
    make_report,
    note_failure,
    note_progress,
    try_again,
)
from jingkai.modules.efficiency.operations.rollup import roll_up

__all__ = [
    "ask_for_report",
    "check_facts",
    "issue_report",
    "make_report",
    "note_failure",
    "note_progress",
    "rebuild_facts",
    "record_export",
    "refresh_matter",
    "roll_up",
    "try_again",
]
