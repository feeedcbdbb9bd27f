"""Tables of files, and the store that keeps their bytes."""

from jingkai.records.files.models.attachment import Attachment, StoredFile
from jingkai.records.files.models.store import FolderStore, store

__all__ = ["Attachment", "FolderStore", "StoredFile", "store"]
