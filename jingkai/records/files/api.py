"""The door of files: take in, attach, read."""

from jingkai.records.files.operations import (
    CannotAttach,
    attach,
    attach_again,
    is_beginning,
    keep,
    keep_bytes,
    receive_bytes,
    receive_request,
    receive_stream,
    receive_uploaded,
    receiving,
    refuse_by_length,
    send_file,
    void_attachment,
)
from jingkai.records.files.queries import (
    FileUnreadable,
    copy_object,
    count_by_slot,
    get_attachment,
    line_of,
    list_attachments,
    missing_objects,
    open_stored,
    read_stored,
    store_objects,
)
from jingkai.records.files.rules.catalogue import accept_attribute
from jingkai.records.files.rules.names import clean_name
from jingkai.records.files.rules.owners import may_read, may_write, register_owner
from jingkai.records.files.rules.refusals import FileRefused

__all__ = [
    "CannotAttach",
    "FileRefused",
    "FileUnreadable",
    "accept_attribute",
    "attach",
    "attach_again",
    "clean_name",
    "copy_object",
    "count_by_slot",
    "get_attachment",
    "is_beginning",
    "keep",
    "keep_bytes",
    "line_of",
    "list_attachments",
    "may_read",
    "may_write",
    "missing_objects",
    "open_stored",
    "read_stored",
    "receive_bytes",
    "receive_request",
    "receive_stream",
    "receive_uploaded",
    "receiving",
    "refuse_by_length",
    "register_owner",
    "send_file",
    "store_objects",
    "void_attachment",
]
