"""Reads: the language pair of a bilingual field, where a page is mounted, queries that are built once."""

from jingkai.kernel.hooks.queries.prepared import Prepared, Slots, prepared_cursor
from jingkai.kernel.hooks.queries.words import local, url_of

__all__ = ["Prepared", "Slots", "local", "prepared_cursor", "url_of"]
