"""What the trail reads: entries of a stream, and the proof that nothing was altered."""

from jingkai.kernel.audit.queries.entries import (
    entries_of,
    entries_of_many,
    in_words,
    list_entries,
    page_of_entries,
    stream_of,
    trail_of,
)
from jingkai.kernel.audit.queries.verification import is_sound

__all__ = [
    "entries_of",
    "entries_of_many",
    "in_words",
    "is_sound",
    "list_entries",
    "page_of_entries",
    "stream_of",
    "trail_of",
]
