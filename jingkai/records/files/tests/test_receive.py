"""Streams are bounded while they arrive and kept once."""

from __future__ import annotations

import errno
import hashlib
import resource
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jingkai.records.files import api
from jingkai.records.files.models import StoredFile
from jingkai.records.files.models.folder import FolderStore
from jingkai.records.files.operations import receive
from jingkai.records.files.testing import PDF

MIB = 1024 * 1024


class Endless:
    """A sender that never stops; counts what was read."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int) -> bytes:
        self.read_bytes += size
        return b"%PDF-1.7" + b"x" * (size - 8)


def test_a_stream_is_hashed_and_sized_on_the_way() -> None:
    upload = api.receive_stream(BytesIO(PDF), name="a.pdf", length=len(PDF))
    assert upload.received.size == len(PDF)
    assert upload.received.sha256 == hashlib.sha256(PDF).hexdigest()
    assert upload.received.sm3 == hashlib.new("sm3", PDF).hexdigest()
    assert upload.received.path.read_bytes() == PDF


def test_an_endless_stream_is_cut_at_the_limit(files_folder: Path) -> None:
    sender = Endless()
    with pytest.raises(api.FileRefused) as refused:
        api.receive_stream(sender, name="巨大.pdf", limit=2 * MIB)  # type: ignore[arg-type]
    assert refused.value.code == "too_large"
    assert refused.value.status == 413
    assert "2 MB" in str(refused.value.sentence)
    assert sender.read_bytes <= 3 * MIB
    assert not list(files_folder.glob("incoming/*"))


def test_two_gigabytes_are_refused_before_a_byte_is_read() -> None:
    with pytest.raises(api.FileRefused) as refused:
        api.refuse_by_length(name="图纸.zip", length=2 * 1024 * MIB, limit=200 * MIB)
    assert (refused.value.code, refused.value.status) == ("too_large", 413)


def test_a_stream_without_a_length_is_refused() -> None:
    with pytest.raises(api.FileRefused) as refused:
        api.refuse_by_length(name="图纸.zip", length=None, limit=MIB)
    assert refused.value.status == 411


def test_a_stream_that_ends_early_is_refused(files_folder: Path) -> None:
    with pytest.raises(api.FileRefused) as refused:
        api.receive_stream(BytesIO(PDF), name="a.pdf", length=len(PDF) + 10)
    assert refused.value.code == "incomplete"
    assert not list(files_folder.glob("incoming/*"))


def test_a_sender_who_breaks_off_leaves_nothing(files_folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"%PDF-1.7"
        raise ConnectionResetError

    blocks = broken()
    sender = SimpleNamespace(read=lambda _size: next(blocks))
    with pytest.raises(ConnectionResetError):
        api.receive_stream(sender, name="a.pdf")  # type: ignore[arg-type]
    assert not list(files_folder.glob("incoming/*"))


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10))
    with pytest.raises(api.FileRefused) as refused:
        api.refuse_by_length(name="a.pdf", length=1000, limit=MIB)
    assert (refused.value.code, refused.value.status) == ("disk_full", 507)


def test_a_disk_that_is_full_in_the_middle_is_told_and_nothing_stays(files_folder: Path) -> None:
    """The kernel itself refuses to write on (a limit of the file's size, the nearest to a full disk)."""
    sender = BytesIO(PDF + b"x" * 4 * MIB)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, before[1]))
    try:
        with pytest.raises(api.FileRefused) as refused:
            api.receive_stream(sender, name="a.pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (refused.value.code, refused.value.status) == ("disk_full", 507)
    assert not list(files_folder.glob("incoming/*"))
    assert api.receive_stream(BytesIO(PDF), name="a.pdf").received.size == len(PDF)


@pytest.mark.django_db
def test_a_folder_that_takes_nothing_in_is_told_and_leaves_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = api.receive_stream(BytesIO(PDF), name="a.pdf")

    def closed(*_args: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(FolderStore, "put", closed)
    with pytest.raises(api.FileRefused) as refused:
        api.keep(upload=upload, at=timezone.now())
    assert (refused.value.code, refused.value.status) == ("disk_closed", 503)
    assert not StoredFile.objects.exists()
    monkeypatch.setattr(receive.tempfile, "mkstemp", lambda **_named: closed())
    with pytest.raises(api.FileRefused) as refused:
        api.receive_stream(BytesIO(PDF), name="b.pdf")
    assert refused.value.code == "disk_closed"


def test_a_file_of_a_plain_form_is_taken_in() -> None:
    upload = api.receive_uploaded(SimpleUploadedFile("../说明.pdf", PDF))
    assert (upload.name, upload.kind.code) == ("说明.pdf", "pdf")


def test_a_file_of_a_plain_form_is_bounded() -> None:
    with pytest.raises(api.FileRefused) as refused:
        api.receive_uploaded(SimpleUploadedFile("a.pdf", PDF), limit=10)
    assert refused.value.code == "too_large"


def test_the_store_keeps_an_object_once_and_read_only(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    key = hashlib.sha256(PDF).hexdigest()
    for attempt in range(2):
        arrived = store.incoming_folder() / f"upload-{attempt}"
        arrived.write_bytes(PDF)
        store.put(key, arrived)
        assert not arrived.exists()
    assert [(thing.key, thing.size) for thing in store.objects()] == [(key, len(PDF))]
    assert store.path_of(key).stat().st_mode & 0o777 == 0o400
    with store.open(key, 5) as stream:
        assert stream.read() == PDF[5:]
    store.delete(key)
    store.delete(key)
    assert store.size(key) is None


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "ab", "g" * 64, "A" * 64])
def test_the_store_refuses_what_is_no_digest(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        FolderStore(tmp_path).path_of(key)
