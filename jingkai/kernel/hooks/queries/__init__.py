"""Reads: the language pair of a bilingual field, where a page is mounted, queries built once, rows packed."""

from jingkai.kernel.hooks.queries.lending import give_back_connection
from jingkai.kernel.hooks.queries.moments import read_moments_quickly
from jingkai.kernel.hooks.queries.packing import OWN, packed, unpacked, unpacked_one
from jingkai.kernel.hooks.queries.prepared import Prepared, Slots, prepared_cursor
from jingkai.kernel.hooks.queries.tracing import trace_with, traced
from jingkai.kernel.hooks.queries.words import local, url_of

__all__ = [
    "OWN",
    "Prepared",
    "Slots",
    "give_back_connection",
    "local",
    "packed",
    "prepared_cursor",
    "read_moments_quickly",
    "trace_with",
    "traced",
    "unpacked",
    "unpacked_one",
    "url_of",
]
