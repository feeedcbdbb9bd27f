"""The shelf in a bucket: names of their own, one writer wins, against a server that speaks S3."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jingkai.kernel.exchange.api import Call, serving
from jingkai.kernel.hooks.api import shelf
from jingkai.kernel.hooks.data import Shelf, ShelfAway
from jingkai.records.files.connectors import s3
from jingkai.records.files.connectors.bucket import BucketStore

pytestmark = pytest.mark.django_db
NAME = "checkpoints/000000000001.json"


@pytest.fixture
def shared(bucket: BucketStore) -> Shelf:
    """The shelf of a test."""
    found = shelf()
    assert found is not None
    return found


def read(shared: Shelf, name: str = NAME) -> bytes:
    """What lies under a name."""
    file = BytesIO()
    assert shared.bring(name, file) == hashlib.sha256(file.getvalue()).hexdigest()
    return file.getvalue()


def test_without_a_bucket_there_is_no_shelf() -> None:
    assert shelf() is None


def test_of_two_writers_the_first_wins(shared: Shelf) -> None:
    assert shared.put_once(NAME, b"one")
    assert not shared.put_once(NAME, b"two")
    assert read(shared) == b"one"
    assert shared.put_once(NAME, b"one"), "what lies there already is as good as put"


def test_the_service_itself_lets_nobody_write_over(shared: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looked and saw nothing: the condition of the call decides, not the look."""
    shared.put_once(NAME, b"one")
    monkeypatch.setattr(s3.Service, "size", lambda *_: None)
    assert not shared.service.send_new(NAME, b"two", hashlib.sha256(b"two").hexdigest())
    assert read(shared) == b"one"


def test_things_are_listed_in_order_beyond_a_name_and_apart_from_files(
    shared: Shelf, bucket: BucketStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = s3.query_of
    monkeypatch.setattr(s3, "query_of", lambda pairs: asked({**pairs, "max-keys": "2"}))
    names = [f"checkpoints/{number:012d}.json" for number in range(1, 6)]
    for name in reversed(names):
        shared.put_once(name, name.encode())
    (tmp_path / "list").write_bytes(b"list")
    shared.put("exports/a.xlsx", tmp_path / "list")
    assert [thing.name for thing in shared.things("checkpoints")] == names
    assert [thing.name for thing in shared.things("checkpoints", names[2])] == names[3:]
    assert [thing.size for thing in shared.things("exports")] == [4]
    assert list(bucket.objects()) == []
    shared.remove(names[0])
    shared.remove(names[0])
    assert next(shared.things("checkpoints")).name == names[1]
    with pytest.raises(FileNotFoundError):
        read(shared, names[0])


@pytest.mark.parametrize("name", ["a", "../x/y", "exports/../a", "a" * 64, "exports/", "/exports/a"])
def test_nothing_but_a_name_in_a_folder_names_a_thing(shared: Shelf, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        shared.put_once(name, b"x")


class Old:
    """A service that knows no conditions and says so; what was put is there."""

    fault = ""

    def __init__(self, status: int) -> None:
        self.status, self.kept = status, b""

    def answer(self, call: Call) -> tuple[int, Any]:
        """Refuse a call with a condition."""
        if call.method == "PUT" and "if-none-match" in {name.lower() for name in call.headers}:
            return self.status, b"<Error><Code>NotImplemented</Code></Error>"
        if call.method == "PUT":
            self.kept = call.body
            return 200, b""
        return (200, self.kept) if self.kept else (404, b"")


@pytest.fixture(params=[400, 501])
def old(request: pytest.FixtureRequest, settings: Any) -> Iterator[Old]:
    """A shelf at such a service."""
    standin = Old(request.param)
    with serving(standin) as address:
        settings.FILES_URL, settings.FILES_KEY, settings.FILES_SECRET = f"{address}/zone", "k", "s"
        yield standin


def test_a_service_without_conditions_is_looked_at_first(old: Old) -> None:
    shared = shelf()
    assert shared is not None
    assert shared.put_once(NAME, b"one")
    assert not shared.put_once(NAME, b"two")
    assert old.kept == b"one"


def test_a_service_that_is_away_is_told_apart(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3.time, "sleep", lambda _seconds: None)
    old.fault = "down"
    shared = shelf()
    assert shared is not None
    with pytest.raises(ShelfAway):
        shared.put_once(NAME, b"one")
