"""The door of the trail: `record` what was done, and read it back."""

from jingkai.kernel.audit.data import (
    DONE,
    FAILED,
    REFUSED,
    Draft,
    Fault,
    Origin,
    Stream,
    TrailLine,
    Verification,
)
from jingkai.kernel.audit.operations import (
    INSTALLATION,
    afterwards,
    bring_over,
    record,
    record_command,
    record_many,
    record_settings,
    record_upgrade,
    take_from_folder,
    together,
    verify,
    write_checkpoints,
)
from jingkai.kernel.audit.queries import entries_of, entries_of_many, in_words, is_sound, stream_of, trail_of
from jingkai.kernel.audit.rules import refusal_looks
from jingkai.kernel.audit.rules.marks import mark
from jingkai.kernel.audit.rules.names import describe_actions, describe_stream, set_name_source
from jingkai.kernel.audit.rules.signer import fingerprint_of, is_signed, public_pem, sign

__all__ = [
    "DONE",
    "FAILED",
    "INSTALLATION",
    "REFUSED",
    "Draft",
    "Fault",
    "Origin",
    "Stream",
    "TrailLine",
    "Verification",
    "afterwards",
    "bring_over",
    "describe_actions",
    "describe_stream",
    "entries_of",
    "entries_of_many",
    "fingerprint_of",
    "in_words",
    "is_signed",
    "is_sound",
    "mark",
    "public_pem",
    "record",
    "record_command",
    "record_many",
    "record_settings",
    "record_upgrade",
    "refusal_looks",
    "set_name_source",
    "sign",
    "stream_of",
    "take_from_folder",
    "together",
    "trail_of",
    "verify",
    "write_checkpoints",
]
