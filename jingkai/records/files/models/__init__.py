"""Tables of files, and the store that keeps their bytes."""

from jingkai.records.files.models.attachment import Attachment, StoredFile
from jingkai.records.files.models.folder import FolderStore
from jingkai.records.files.models.store import bucket_store, folder_store, open_buckets_with, store

__all__ = [
    "Attachment",
    "FolderStore",
    "StoredFile",
    "bucket_store",
    "folder_store",
    "open_buckets_with",
    "store",
]
