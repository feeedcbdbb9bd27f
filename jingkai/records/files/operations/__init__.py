"""Writes: take a stream in, keep it, attach it, make an attachment void, collect what nobody owns."""

from jingkai.records.files.operations.attach import (
    CannotAttach,
    attach,
    attach_again,
    keep,
    keep_bytes,
    void_attachment,
)
from jingkai.records.files.operations.collect import collect_garbage
from jingkai.records.files.operations.moving import Moved, move_to_bucket, move_to_folder, verify_objects
from jingkai.records.files.operations.receive import (
    inspect,
    receive_bytes,
    receive_request,
    receive_stream,
    receive_uploaded,
    receiving,
    refuse_by_length,
)
from jingkai.records.files.operations.sending import is_beginning, send_file

__all__ = [
    "CannotAttach",
    "Moved",
    "attach",
    "attach_again",
    "collect_garbage",
    "inspect",
    "is_beginning",
    "keep",
    "keep_bytes",
    "move_to_bucket",
    "move_to_folder",
    "receive_bytes",
    "receive_request",
    "receive_stream",
    "receive_uploaded",
    "receiving",
    "refuse_by_length",
    "send_file",
    "verify_objects",
    "void_attachment",
]
