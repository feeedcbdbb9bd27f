"""Tables of files, and the store that keeps their bytes."""

from jingkai.records.files.models.attachment import Attachment, StoredFile
from jingkai.records.files.models.bucket import BucketStore, ObjectAltered, StoreAway
from jingkai.records.files.models.folder import FolderStore
from jingkai.records.files.models.store import bucket_store, folder_store, store

__all__ = [
    "Attachment",
    "BucketStore",
    "FolderStore",
    "ObjectAltered",
    "StoreAway",
    "StoredFile",
    "bucket_store",
    "folder_store",
    "store",
]
