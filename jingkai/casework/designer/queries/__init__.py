"""Reads of the designer."""

from jingkai.casework.designer.queries.designs import (
    MayNotStart,
    NoSuchDesign,
    changes_since,
    find_state,
    get_design,
    get_startable,
    list_designs,
    list_limits,
    list_startable,
    remarks_on,
    surroundings,
)
from jingkai.casework.designer.queries.templates import BLANK, find_template, list_templates

__all__ = [
    "BLANK",
    "MayNotStart",
    "NoSuchDesign",
    "changes_since",
    "find_state",
    "find_template",
    "get_design",
    "get_startable",
    "list_designs",
    "list_limits",
    "list_startable",
    "list_templates",
    "remarks_on",
    "surroundings",
]
