"""The shelf of an installation: things under names of their own in the bucket, which all machines share.

Beside the files, which lie under their digests: long lists (`exports/`), the trail's checkpoints
(`checkpoints/`). The kernel, which uses it, knows it by `kernel.hooks.data.Shelf`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from jingkai.kernel.hooks.data import ShelfThing
from jingkai.records.files.connectors.s3 import Place, Service

_NAME = re.compile(r"(?:[a-z]+(?:-[a-z]+)*/)+[A-Za-z0-9][A-Za-z0-9.-]*")


class BucketShelf:
    """The shelf in a bucket. Every call may raise StoreAway."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def put(self, name: str, path: Path) -> None:
        """Lay a file under a name, over what lay there."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.service.send(_checked(name), path, digest)

    def put_once(self, name: str, content: bytes) -> bool:
        """Lay bytes under a name where nothing lies; whether exactly these lie there now."""
        digest = hashlib.sha256(content).hexdigest()
        if self.service.send_new(_checked(name), content, digest):
            return True
        try:
            return self.bring(name, BytesIO()) == digest
        except FileNotFoundError:
            return False

    def bring(self, name: str, file: BinaryIO, size: int | None = None) -> str:
        """Write what lies under a name into a file; gives the SHA-256 of what came."""
        return self.service.write_into(file, _checked(name), size)

    def remove(self, name: str) -> None:
        """Take a thing away; nothing happens where there is none."""
        self.service.remove(_checked(name))

    def things(self, folder: str, after: str = "") -> Iterator[ShelfThing]:
        """Walk over what lies in a folder, in the order of names, beyond one of them."""
        for one in self.service.listed(f"{folder}/", after):
            yield ShelfThing(one.key, one.size, one.mark)


def _checked(name: str) -> str:
    """Let nothing but a plain name in a folder name a thing. Error: ValueError."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"not a name on the shelf: {name!r}")
    return name


def open_shelf() -> BucketShelf | None:
    """Give the shelf of this installation, or None where it keeps everything in its own folders."""
    if not settings.FILES_URL:
        return None
    place = Place.of(settings.FILES_URL, settings.FILES_KEY, settings.FILES_SECRET)
    return BucketShelf(Service(place))
