"""The door of the search: put things in, take them out, find them."""

from jingkai.kernel.search.data import Entry, Found, Hit, SearchKind
from jingkai.kernel.search.operations import declare_kind, index, index_many, remove, seed_synonyms
from jingkai.kernel.search.queries import find, suggest
from jingkai.kernel.search.rules.words import segment

__all__ = [
    "Entry",
    "Found",
    "Hit",
    "SearchKind",
    "declare_kind",
    "find",
    "index",
    "index_many",
    "remove",
    "seed_synonyms",
    "segment",
    "suggest",
]
