"""The door of efficiency: facts of matters kept up to date, figures, monthly reports."""

from jingkai.modules.efficiency.operations import (
    ask_for_report,
    check_facts,
    issue_report,
    make_report,
    rebuild_facts,
    refresh_matter,
)
from jingkai.modules.efficiency.queries import figures, summary

__all__ = [
    "ask_for_report",
    "check_facts",
    "figures",
    "issue_report",
    "make_report",
    "rebuild_facts",
    "refresh_matter",
    "summary",
]
