"""Reads: the language pair of a bilingual field, where a page is mounted, queries built once, rows packed."""

from jingkai.kernel.hooks.queries.dictionaries import cut, cut_for_search, syllables
from jingkai.kernel.hooks.queries.inserting import insert_rows
from jingkai.kernel.hooks.queries.lending import give_back_connection
from jingkai.kernel.hooks.queries.moments import read_moments_quickly
from jingkai.kernel.hooks.queries.packing import OWN, packed, unpacked, unpacked_one
from jingkai.kernel.hooks.queries.passing import Passing
from jingkai.kernel.hooks.queries.prepared import Prepared, PreparedValues, Rows, Slots, prepared_cursor
from jingkai.kernel.hooks.queries.repeated import RepeatedJSONField, Shared
from jingkai.kernel.hooks.queries.replicas import (
    has_replica,
    look,
    may_lag,
    noting_age,
    read_as_of,
    reading_connection,
)
from jingkai.kernel.hooks.queries.rows import QuickRows
from jingkai.kernel.hooks.queries.shelves import shelf, shelve_with
from jingkai.kernel.hooks.queries.threads import remember_by_thread
from jingkai.kernel.hooks.queries.tracing import trace_with, traced
from jingkai.kernel.hooks.queries.views import one_view
from jingkai.kernel.hooks.queries.words import address_of, local, localizer, url_of

__all__ = [
    "OWN",
    "Passing",
    "Prepared",
    "PreparedValues",
    "QuickRows",
    "RepeatedJSONField",
    "Rows",
    "Shared",
    "Slots",
    "address_of",
    "cut",
    "cut_for_search",
    "give_back_connection",
    "has_replica",
    "insert_rows",
    "local",
    "localizer",
    "look",
    "may_lag",
    "noting_age",
    "one_view",
    "packed",
    "prepared_cursor",
    "read_as_of",
    "read_moments_quickly",
    "reading_connection",
    "remember_by_thread",
    "shelf",
    "shelve_with",
    "syllables",
    "trace_with",
    "traced",
    "unpacked",
    "unpacked_one",
    "url_of",
]
