"""The life of an item: four eyes, a day on which it begins, matters that keep the version they began with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Item, ItemVersion
from jingkai.modules.approvals.operations.catalogue_loading import read_reference
from jingkai.modules.approvals.operations.versions import (
    BadItemCode,
    BadStartDay,
    ItemChanged,
    NothingChanged,
    ReviewerIsAuthor,
    VersionHasFaults,
    VersionNotOpen,
)
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db
AT = moment("2026-03-02 09:00")
HALL_AT = "catalogue"
TODAY = date(2026, 3, 2)


@pytest.fixture
def item(hall: Hall) -> Item:
    return queries.get_item(code="road-excavation")


def draft(hall: Hall, item: Item, **changes: Any) -> ItemVersion:
    editor = hall.actor("catalogue_editor", AT)
    version = operations.begin_version(item=item, by=editor, at=AT)
    operations.save_version(version=version, changes=changes, seen=version.version, by=editor, at=AT)
    version.refresh_from_db()
    return version


def reviewed(hall: Hall, version: ItemVersion) -> ItemVersion:
    signer = hall.actor("deputy_director", AT)
    return operations.review_version(version=version, note="", seen=version.version, by=signer, at=AT)


def publish(hall: Hall, version: ItemVersion, on: date = TODAY, at: Any = AT) -> ItemVersion:
    signer = hall.actor("deputy_director", at)
    return operations.publish_version(version=version, starts_on=on, seen=version.version, by=signer, at=at)


def test_a_version_goes_from_draft_over_review_to_publication(hall: Hall, item: Item) -> None:
    version = reviewed(hall, draft(hall, item, promised=2, name="挖掘城市道路许可"))
    assert queries.get_item(code=item.code).promised == 3
    publish(hall, version)
    found = queries.get_item(code=item.code)
    assert (found.promised, found.name, found.current_id) == (2, "挖掘城市道路许可", version.pk)
    first = ItemVersion.objects.get(item=item, number=1)
    assert first.ends_on == TODAY - timedelta(days=1)
    actions = TrailEntry.objects.filter(stream_kind="item", stream_id=item.pk).values_list(
        "action", flat=True
    )
    assert {"item.loaded", "item.version_begun", "item.version_edited", "item.version_reviewed"} <= set(
        actions
    )


def test_what_is_not_open_is_refused(hall: Hall, item: Item) -> None:
    version = draft(hall, item, promised=2)
    editor = hall.actor("catalogue_editor", AT)
    with pytest.raises(ReviewerIsAuthor):
        operations.review_version(version=version, note="", seen=version.version, by=editor, at=AT)
    with pytest.raises(VersionNotOpen):
        publish(hall, version)
    with pytest.raises(ItemChanged):
        operations.save_version(version=version, changes={"promised": 1}, seen=1, by=editor, at=AT)
    done = reviewed(hall, version)
    with pytest.raises(BadStartDay):
        publish(hall, done, TODAY - timedelta(days=1))
    publish(hall, done)
    with pytest.raises(VersionNotOpen):
        operations.save_version(version=done, changes={}, seen=done.version, by=editor, at=AT)


def test_a_promise_longer_than_the_law_is_not_reviewed(hall: Hall, item: Item) -> None:
    version = draft(hall, item, promised=21)
    with pytest.raises(VersionHasFaults):
        reviewed(hall, version)


def test_a_version_that_says_the_same_is_not_published(hall: Hall, item: Item) -> None:
    with pytest.raises(NothingChanged):
        publish(hall, reviewed(hall, draft(hall, item)))


def test_a_later_version_waits_for_its_day(hall: Hall, item: Item) -> None:
    day = TODAY + timedelta(days=10)
    version = publish(hall, reviewed(hall, draft(hall, item, promised=1)), day)
    assert queries.get_item(code=item.code).promised == 3
    assert operations.apply_due_versions(by=SYSTEM, at=AT) == 0
    later = AT + timedelta(days=10)
    guide = queries.find_guide(code=item.code, on=day)
    assert guide is not None
    assert guide.version == version
    assert operations.apply_due_versions(by=SYSTEM, at=later) == 1
    assert operations.apply_due_versions(by=SYSTEM, at=later) == 0
    assert queries.get_item(code=item.code).promised == 1


def test_a_matter_keeps_the_version_that_was_in_force_when_it_was_handed_in(hall: Hall) -> None:
    item = Item.objects.get(code="fire-design-review")
    told = read_reference().items["fire-design-review"]
    matter = hall.bring_to("submitted")
    more = {key: told[key] for key in ("audience", "line", "level", "steps", "materials")}
    version = draft(hall, item, **more, unit="fire", promised=3, result_name="新名称的意见书")
    publish(hall, reviewed(hall, version), date(2026, 3, 3), moment("2026-03-03 08:00"))
    hall.accept(matter, at="2026-03-03 10:00")
    place = hall.item(matter, "fire")
    assert place.item_version is not None
    assert place.item_version.number == 1
    assert hall.clock(matter, "fire").promised_due_on == date(2026, 3, 12)
    assert place.result_name == "特殊建设工程消防设计审查意见书"
    assert Item.objects.get(code="fire-design-review").promised == 3


def test_a_new_item_is_unseen_until_it_is_published(hall: Hall, item: Item) -> None:
    editor = hall.actor("catalogue_editor", AT)
    with pytest.raises(BadItemCode):
        operations.create_item(code="road-excavation", content={}, by=editor, at=AT)
    with pytest.raises(BadItemCode):
        operations.create_item(code="路", content={}, by=editor, at=AT)
    content = {**read_reference().items["green-space"], "unit": "approval", "name": "新事项"}
    version = operations.create_item(code="brand-new", content=content, by=editor, at=AT)
    assert queries.find_guide(code="brand-new", on=TODAY) is None
    publish(hall, reviewed(hall, version))
    assert queries.find_guide(code="brand-new", on=TODAY) is not None


def test_a_withdrawn_item_leaves_the_list_and_says_why(hall: Hall, item: Item) -> None:
    signer = hall.actor("deputy_director", AT)
    operations.withdraw_item(item=item, reason="国务院取消", by=signer, at=AT)
    assert not queries.published_items(queries.ItemFilter(words="挖路")).exists()
    guide = queries.find_guide(code=item.code, on=TODAY)
    assert guide is not None
    assert guide.item.withdrawn_reason == "国务院取消"


def test_a_version_given_up_stays_in_the_history(hall: Hall, item: Item) -> None:
    version = draft(hall, item, promised=2)
    editor = hall.actor("catalogue_editor", AT)
    operations.discard_version(version=version, reason="写错了", seen=version.version, by=editor, at=AT)
    assert operations.begin_version(item=item, by=editor, at=AT).number == 3
