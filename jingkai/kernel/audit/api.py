"""The door of the trail: `record` what was done, and read it back."""

from jingkai.kernel.audit.data import DONE, FAILED, REFUSED, Draft, Origin, Stream
from jingkai.kernel.audit.marks import mark
from jingkai.kernel.audit.operations import record, record_many, stream_of
from jingkai.kernel.audit.queries import entries_of

__all__ = [
    "DONE",
    "FAILED",
    "REFUSED",
    "Draft",
    "Origin",
    "Stream",
    "entries_of",
    "mark",
    "record",
    "record_many",
    "stream_of",
]
