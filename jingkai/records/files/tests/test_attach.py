"""Attachments: kept once, void with a reason, collected only when nobody owns them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.permissions.api import SYSTEM, VISITOR
from jingkai.records.files import api
from jingkai.records.files.data import OwnerKind
from jingkai.records.files.models import Attachment, StoredFile, store
from jingkai.records.files.operations import collect, collect_garbage
from jingkai.records.files.operations.attach import CannotVoid
from jingkai.records.files.rules.owners import owners
from jingkai.records.files.testing import PDF

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
OWNER = ("test.matter", 7)
OTHER = PDF.replace(b"Catalog", b"CATALOG")


@pytest.fixture(autouse=True)
def matter() -> Iterator[None]:
    kind = OwnerKind(
        code="test.matter",
        may_read=lambda actor, _id: actor.kind == "staff",
        may_write=lambda actor, owner_id, slot: actor.kind == "staff" and owner_id == 7 and slot != "closed",
        files_per_slot=2,
    )
    with owners.including(kind):
        yield


def attach(content: bytes = PDF, *, by: Any = SYSTEM, slot: str = "", name: str = "说明.pdf") -> Attachment:
    return api.attach(upload=api.receive_bytes(content, name=name), owner=OWNER, slot=slot, by=by, at=NOW)


@pytest.mark.django_db
def test_the_same_content_is_kept_once(cast: Any) -> None:
    first, second = attach(), attach(by=cast.clerk, name="另一个名字.pdf")
    assert first.stored_file_id == second.stored_file_id
    assert StoredFile.objects.count() == 1
    assert api.read_stored(first.stored_file) == PDF
    assert [line.name for line in api.list_attachments(OWNER)] == ["说明.pdf", "另一个名字.pdf"]


@pytest.mark.django_db
def test_attaching_leaves_a_trail_on_the_owner(cast: Any) -> None:
    attachment = attach(by=cast.clerk, slot="design")
    entry = list(entries_of(OWNER))[-1]
    assert entry.action == "file.attached"
    assert entry.facts["sha256"] == attachment.stored_file.sha256


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["handler", None])
def test_attaching_is_refused_to_whom_the_owner_does_not_allow(
    cast: Any, who: str | None, files_folder: Any
) -> None:
    with pytest.raises(api.CannotAttach):
        attach(by=cast.actor(who) if who else VISITOR)
    assert not Attachment.objects.exists()
    assert not list(files_folder.glob("incoming/*"))


@pytest.mark.django_db
def test_attaching_is_refused_when_the_matter_moved_on_meanwhile(cast: Any) -> None:
    with pytest.raises(api.CannotAttach):
        attach(by=cast.clerk, slot="closed")


@pytest.mark.django_db
def test_a_full_place_takes_no_more_until_one_is_removed(cast: Any) -> None:
    first = attach(by=cast.clerk)
    attach(by=cast.clerk)
    with pytest.raises(api.FileRefused) as refused:
        attach(by=cast.clerk)
    assert (refused.value.code, refused.value.status) == ("too_many", 409)
    api.void_attachment(attachment=first, reason="重复", by=cast.clerk, at=NOW)
    attach(by=cast.clerk)


@pytest.mark.django_db
def test_a_void_attachment_stays_in_the_record(cast: Any) -> None:
    attachment = attach(by=cast.clerk)
    api.void_attachment(attachment=attachment, reason="传错了", by=cast.clerk, at=NOW)
    assert api.list_attachments(OWNER) == []
    (line,) = api.list_attachments(OWNER, with_void=True)
    assert line.void_reason == "传错了"
    assert list(entries_of(OWNER))[-1].action == "file.voided"
    assert api.count_by_slot(OWNER) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "  "])
def test_voiding_needs_a_reason(cast: Any, reason: str) -> None:
    with pytest.raises(CannotVoid):
        api.void_attachment(attachment=attach(), reason=reason, by=cast.clerk, at=NOW)


@pytest.mark.django_db
def test_voiding_twice_is_refused(cast: Any) -> None:
    attachment = attach()
    api.void_attachment(attachment=attachment, reason="传错了", by=cast.clerk, at=NOW)
    with pytest.raises(CannotVoid):
        api.void_attachment(attachment=attachment, reason="再来", by=cast.clerk, at=NOW)


@pytest.mark.django_db
def test_voiding_is_refused_to_strangers(cast: Any) -> None:
    with pytest.raises(api.CannotAttach):
        api.void_attachment(attachment=attach(), reason="x", by=cast.handler, at=NOW)


@pytest.mark.django_db
def test_the_database_refuses_a_void_without_reason() -> None:
    attachment = attach()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(voided_at=NOW, void_reason="")


@pytest.mark.django_db
def test_reading_is_decided_by_the_owner(cast: Any) -> None:
    assert api.may_read(cast.clerk, owner="test.matter", owner_id=7)
    assert not api.may_read(cast.handler, owner="test.matter", owner_id=7)
    assert not api.may_read(cast.leader, owner="nobody.registered", owner_id=7)


@pytest.mark.django_db
def test_a_missing_object_is_an_error_that_names_it() -> None:
    attachment = attach()
    store().delete(attachment.stored_file.sha256)
    with pytest.raises(api.FileUnreadable, match=attachment.stored_file.sha256):
        api.read_stored(attachment.stored_file)


@pytest.mark.django_db
def test_garbage_is_what_nobody_owns_for_long(cast: Any, files_folder: Any) -> None:
    owned = attach()
    api.void_attachment(attachment=owned, reason="传错了", by=cast.clerk, at=NOW)
    lonely = api.keep_bytes(content=OTHER, name="a.pdf", at=NOW)
    cut_off = files_folder / "incoming" / "upload-cut-off"
    cut_off.write_bytes(b"x")
    assert collect_garbage(at=NOW + timedelta(days=29)) == 0
    assert collect_garbage(at=NOW + timedelta(days=31)) == 1
    assert list(StoredFile.objects.all()) == [owned.stored_file]
    assert store().size(lonely.sha256) is None
    assert store().size(owned.stored_file.sha256) == len(PDF)


@pytest.mark.django_db
def test_content_that_came_again_is_not_collected() -> None:
    api.keep_bytes(content=PDF, name="a.pdf", at=NOW)
    api.keep_bytes(content=PDF, name="a.pdf", at=NOW + timedelta(days=20))
    assert collect_garbage(at=NOW + timedelta(days=40)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_content_from_twenty_at_once_is_kept_once() -> None:
    def one(index: int) -> int:
        try:
            return attach(name=f"{index}.pdf", slot=str(index)).stored_file_id
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        kept = set(pool.map(one, range(20)))
    assert len(kept) == 1
    assert len(list(store().objects())) == 1
    assert Attachment.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_collecting_while_the_content_comes_again_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "KEEP_INCOMING", timedelta(days=400))
    later = NOW + timedelta(days=40)

    def clean(_index: int) -> None:
        try:
            collect_garbage(at=later)
        finally:
            connection.close()

    def come_again(content: bytes, slot: str) -> None:
        try:
            attach(content, slot=slot)
        finally:
            connection.close()

    for turn in range(5):
        content = PDF.replace(b"Catalog", f"Catalog{turn}".encode())
        api.keep_bytes(content=content, name="a.pdf", at=NOW)
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(clean, 0), pool.submit(come_again, content, str(turn)), pool.submit(clean, 1)]
            for job in jobs:
                job.result()
        for attachment in Attachment.objects.filter(slot=str(turn)).select_related("stored_file"):
            assert api.read_stored(attachment.stored_file) == content
