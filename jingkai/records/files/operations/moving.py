"""Moving all files between folder and bucket while the product runs, and proving every byte of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.records.files.connectors.bucket import ObjectAltered
from jingkai.records.files.data import RemoteStore
from jingkai.records.files.models import StoredFile, bucket_store, folder_store, store
from jingkai.records.files.queries import digest_of

Tell = Callable[[int], None]


class NoBucket(PersonFacingError):
    """No bucket is named."""

    sentence = "No bucket is named, so there is nowhere to move files to."
    advice = "Set JINGKAI_FILES_URL, JINGKAI_FILES_KEY and JINGKAI_FILES_SECRET."


def _silent(done: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to: moved now, found there already, and the digests that could not be moved."""

    moved: int
    there: int
    faults: tuple[str, ...]


def move_to_bucket(*, tell: Tell = _silent) -> Moved:
    """Send every file of this machine's folder to the bucket; each leaves the folder when it was read back.

    May be stopped and repeated. A file whose bytes have changed on the disk stays there and is named.
    """
    bucket, folder, moved, there, faults = _bucket(), folder_store(), 0, 0, []
    for thing in list(folder.objects()):
        path = folder.path_of(thing.key)
        if _digest(path) != thing.key:
            faults.append(thing.key)
            continue
        held = bucket.holds(thing.key, thing.size)
        if not held:
            bucket.stage(thing.key, path)
        if bucket.read_back(thing.key) != thing.key:
            faults.append(thing.key)
            continue
        folder.delete(thing.key)
        moved, there = moved + (not held), there + held
        tell(moved + there)
    return Moved(moved, there, tuple(faults))


def move_to_folder(*, tell: Tell = _silent) -> Moved:
    """Bring every file of the bucket into this machine's folder; the bucket keeps its own."""
    bucket, folder, moved, there, faults = _bucket(), folder_store(), 0, 0, []
    for thing in bucket.objects():
        if folder.size(thing.key) == thing.size:
            there += 1
            continue
        try:
            _bring(bucket, thing.key)
            moved += 1
        except (ObjectAltered, FileNotFoundError):
            faults.append(thing.key)
        tell(moved + there)
    return Moved(moved, there, tuple(faults))


def verify_objects(*, tell: Tell = _silent) -> tuple[int, list[str]]:
    """Read every stored file where it is kept; gives how many there are, and those missing or altered."""
    keys = list(StoredFile.objects.order_by("pk").values_list("sha256", flat=True))
    wrong = []
    for done, key in enumerate(keys, 1):
        if not _is_whole(key):
            wrong.append(key)
        tell(done)
    return len(keys), wrong


def _is_whole(key: str) -> bool:
    bucket = bucket_store()
    try:
        if bucket is not None and bucket.holds(key):
            return bucket.read_back(key) == key
        with store().open(key) as stream:
            return digest_of(stream) == key
    except (FileNotFoundError, ObjectAltered):
        return False


def _bring(bucket: RemoteStore, key: str) -> None:
    folder = folder_store()
    with (
        bucket.open(key) as source,
        tempfile.NamedTemporaryFile(dir=folder.incoming_folder(), delete=False) as to,
    ):
        shutil.copyfileobj(source, to)
    folder.put(key, Path(to.name))


def _bucket() -> RemoteStore:
    bucket = bucket_store()
    if bucket is None:
        raise NoBucket
    return bucket


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return digest_of(file)
