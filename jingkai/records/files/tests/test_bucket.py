"""Files in a bucket: the same promises as on the disk, against a server that speaks S3."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from jingkai.kernel.exchange.api import Call, serving
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.records.files import api, operations, panels
from jingkai.records.files.connectors import s3
from jingkai.records.files.connectors.bucket import BucketStore, ObjectAltered
from jingkai.records.files.connectors.s3 import StoreAway
from jingkai.records.files.models import StoredFile, folder_store, store
from jingkai.records.files.testing import PDF, S3Server

pytestmark = pytest.mark.django_db
KEY = hashlib.sha256(PDF).hexdigest()


class Liar:
    """An S3 service that answers what it is told to."""

    def __init__(self) -> None:
        self.fault, self.answers, self.seen = "", {}, []

    def answer(self, call: Call) -> tuple[int, Any]:
        """Answer by method."""
        self.seen.append(call)
        return self.answers.get(call.method, (404, b""))  # type: ignore[no-any-return]


@pytest.fixture
def liar(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Liar]:
    """A service that may be slow, down or wrong."""
    standin = Liar()
    monkeypatch.setattr(s3.time, "sleep", lambda _seconds: None)
    with serving(standin) as address:
        settings.FILES_URL, settings.FILES_KEY, settings.FILES_SECRET = f"{address}/zone", "k", "s"
        yield standin


def arrived(content: bytes = PDF, name: str = "upload-a") -> Path:
    """A file that has come in."""
    path = folder_store().incoming_folder() / name
    path.write_bytes(content)
    return path


def emptied(bucket: BucketStore) -> None:
    """Forget what lies at hand."""
    for path in bucket.cache.glob("*"):
        path.unlink()


def test_the_bucket_keeps_an_object_once(bucket: BucketStore) -> None:
    for attempt in range(2):
        path = arrived(name=f"upload-{attempt}")
        bucket.put(KEY, path)
        assert not path.exists()
    assert [(thing.key, thing.size) for thing in bucket.objects()] == [(KEY, len(PDF))]
    emptied(bucket)
    with bucket.open(KEY, 5) as stream:
        assert stream.read() == PDF[5:]
    assert bucket.read_back(KEY) == KEY
    bucket.delete(KEY)
    bucket.delete(KEY)
    assert bucket.size(KEY) is None
    with pytest.raises(FileNotFoundError):
        bucket.open(KEY)


def test_a_list_longer_than_a_page_is_walked_to_its_end(bucket: BucketStore, monkeypatch: Any) -> None:
    contents = [f"{number}".encode() for number in range(5)]
    for content in contents:
        bucket.put(hashlib.sha256(content).hexdigest(), arrived(content))
    asked = s3.query_of
    monkeypatch.setattr(s3, "query_of", lambda pairs: asked({**pairs, "max-keys": "2"}))
    keys = sorted(hashlib.sha256(content).hexdigest() for content in contents)
    assert sorted(thing.key for thing in bucket.objects()) == keys


def test_the_service_refuses_another_secret(bucket: BucketStore, settings: Any) -> None:
    settings.FILES_SECRET = "wrong"
    with pytest.raises(StoreAway):
        store().put(KEY, arrived())
    assert arrived().exists()
    assert bucket.size(KEY) is None


def test_what_comes_in_is_in_the_bucket_before_its_row(bucket: BucketStore) -> None:
    upload = api.receive_stream(BytesIO(PDF), name="a.pdf")
    assert bucket.size(KEY) == len(PDF)
    assert not StoredFile.objects.exists()
    stored = api.keep(upload=upload, at=timezone.now())
    assert api.read_stored(stored) == PDF
    assert api.missing_objects([stored]) == []
    assert not list(folder_store().incoming_folder().iterdir())


def test_what_is_only_compared_stays_here(bucket: BucketStore) -> None:
    upload = api.receive_stream(BytesIO(PDF), name="a.pdf", to_keep=False)
    assert bucket.size(KEY) is None
    api.keep(upload=upload, at=timezone.now())
    assert bucket.size(KEY) == len(PDF)


def test_a_kill_between_upload_and_row_leaves_an_object_that_is_swept(bucket: BucketStore) -> None:
    api.receive_stream(BytesIO(PDF), name="a.pdf")
    kept = api.keep_bytes(content=PDF + b"x", name="b.pdf", at=timezone.now())
    operations.collect_garbage(at=timezone.now() + timedelta(days=29))
    assert bucket.size(KEY) == len(PDF)
    StoredFile.objects.update(kept_at=timezone.now() + timedelta(days=31))
    operations.collect_garbage(at=timezone.now() + timedelta(days=31))
    assert bucket.size(KEY) is None
    assert api.missing_objects([kept]) == []


def test_a_failed_transaction_keeps_the_bytes_for_the_next_try(bucket: BucketStore) -> None:
    """What was acknowledged is never without bytes; what was not, may be sent again."""
    from django.db import transaction

    with transaction.atomic():
        api.keep_bytes(content=PDF, name="a.pdf", at=timezone.now())
        transaction.set_rollback(True)
    assert not StoredFile.objects.exists()
    stored = api.keep_bytes(content=PDF, name="a.pdf", at=timezone.now())
    emptied(bucket)
    assert api.read_stored(stored) == PDF


def test_the_cache_makes_room_for_the_newest(bucket: BucketStore, settings: Any) -> None:
    settings.FILES_CACHE_BYTES = 1000
    small = store()
    for number in range(4):
        content = bytes([number]) * 400
        small.put(hashlib.sha256(content).hexdigest(), arrived(content))
    assert sum(path.stat().st_size for path in bucket.cache.iterdir()) <= 1000
    first = hashlib.sha256(bytes(400)).hexdigest()
    assert small.open(first).read() == bytes(400)


def test_what_lies_in_the_folder_is_read_until_it_is_moved(bucket: BucketStore, settings: Any) -> None:
    folder_store().put(KEY, arrived())
    assert bucket.size(KEY) == len(PDF)
    with bucket.open(KEY) as stream:
        assert stream.read() == PDF
    moved = operations.move_to_bucket()
    assert (moved.moved, moved.there, moved.faults) == (1, 0, ())
    assert folder_store().size(KEY) is None
    assert [thing.key for thing in bucket.objects()] == [KEY]
    again = operations.move_to_bucket()
    assert (again.moved, again.there) == (0, 0)
    back = operations.move_to_folder()
    assert (back.moved, back.faults) == (1, ())
    settings.FILES_URL = ""
    assert store().size(KEY) == len(PDF)


def test_a_damaged_file_of_the_folder_is_named_and_not_moved(bucket: BucketStore) -> None:
    folder_store().put(KEY, arrived(PDF[:-1] + b"!"))
    assert operations.move_to_bucket().faults == (KEY,)
    assert folder_store().size(KEY) == len(PDF)
    assert list(bucket.objects()) == []


def test_verify_reads_every_byte(bucket: BucketStore, s3_server: S3Server) -> None:
    api.keep_bytes(content=PDF, name="a.pdf", at=timezone.now())
    other = hashlib.sha256(b"other").hexdigest()
    StoredFile.objects.create(sha256=other, sm3="", size=5, kind="pdf", media_type="", kept_at=timezone.now())
    assert operations.verify_objects() == (2, [other])


@pytest.mark.parametrize("fault", ["down", "broken", "cut"])
def test_a_service_that_is_away_is_told_in_words(liar: Liar, fault: str, client: Any) -> None:
    liar.fault = fault
    with pytest.raises(StoreAway) as away:
        api.keep_bytes(content=PDF, name="a.pdf", at=timezone.now())
    assert (away.value.status, away.value.retry_after) == (503, 60)
    assert not StoredFile.objects.exists()
    assert panels.check_store().state == "fail"
    assert not [path for path in folder_store().incoming_folder().iterdir() if path.name != ".doctor"]


def test_other_bytes_than_were_kept_are_shown_to_nobody(liar: Liar) -> None:
    liar.answers = {"HEAD": (200, PDF), "GET": (200, PDF[:-1] + b"!")}
    with pytest.raises(ObjectAltered):
        store().open(KEY)
    assert not list(folder_store().incoming_folder().iterdir())


def test_a_listing_that_is_a_page_in_words_is_no_listing(liar: Liar) -> None:
    liar.answers = {"GET": (200, b"<html><body>Please log in</body></html>")}
    with pytest.raises(StoreAway):
        list(store().objects())


def test_an_upload_that_did_not_arrive_whole_is_not_believed(liar: Liar) -> None:
    liar.answers = {"PUT": (200, b""), "HEAD": (200, PDF[:-1])}
    with pytest.raises(StoreAway):
        store().put(KEY, arrived())


def test_a_busy_service_is_asked_again(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([(503, b""), (429, b""), (200, PDF)])
    monkeypatch.setattr(Liar, "answer", lambda self, call: next(answers))
    assert store().size(KEY) == len(PDF)


def test_a_slow_service_ends_in_words(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def never(*args: Any, **kwargs: Any) -> Iterator[Any]:
        raise s3.NoAnswer("too-slow")
        yield

    monkeypatch.setattr(s3, "stream", never)
    with pytest.raises(StoreAway):
        store().size(KEY)


def test_the_doctor_reads_back_what_it_wrote(bucket: BucketStore) -> None:
    assert panels.check_store().state == "ok"
    assert list(bucket.objects()) == []


def test_an_attachment_goes_and_comes_by_the_page(bucket: BucketStore, client: Any) -> None:
    attachment = api.attach(
        upload=api.receive_bytes(PDF, name="a.pdf"), owner=("nobody", 1), by=SYSTEM, at=timezone.now()
    )
    emptied(bucket)
    with api.open_stored(attachment.stored_file, 3) as stream:
        assert stream.read() == PDF[3:]
