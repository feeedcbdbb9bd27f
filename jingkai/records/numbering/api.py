"""The door of numbering: numbers without gaps."""

from jingkai.records.numbering.operations import link_number, next_number, seed_series, void_number
from jingkai.records.numbering.queries import count_void, find_gaps, list_numbers
from jingkai.records.numbering.rules import OFFICIAL, SERIES, SeriesUnknown

__all__ = [
    "OFFICIAL",
    "SERIES",
    "SeriesUnknown",
    "count_void",
    "find_gaps",
    "link_number",
    "list_numbers",
    "next_number",
    "seed_series",
    "void_number",
]
