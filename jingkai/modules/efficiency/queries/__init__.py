"""Reads of efficiency: figures, crossed tables, matters behind a figure, names, reports."""

from jingkai.modules.efficiency.queries.figures import ALL, Cell, Table, crossed, figures, summary
from jingkai.modules.efficiency.queries.matters import Cursor, list_matters, readable
from jingkai.modules.efficiency.queries.names import Labels, labels
from jingkai.modules.efficiency.queries.reports import get_report, list_reports, month_is_reported

__all__ = [
    "ALL",
    "Cell",
    "Cursor",
    "Labels",
    "Table",
    "crossed",
    "figures",
    "get_report",
    "labels",
    "list_matters",
    "list_reports",
    "month_is_reported",
    "readable",
    "summary",
]
