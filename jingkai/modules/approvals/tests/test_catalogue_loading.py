"""The items that come with the product: complete, within the law, loaded once, the zone's own kept."""

from __future__ import annotations

import pytest

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Item, ItemVersion
from jingkai.modules.approvals.operations.catalogue_loading import read_reference
from jingkai.modules.approvals.rules.content import content_faults
from jingkai.modules.approvals.rules.fields import LINES
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db
AT = moment("2026-03-02 09:00")


def test_the_catalogue_is_loaded_once_and_without_a_fault(hall: Hall) -> None:
    count = operations.load_catalogue(by=SYSTEM, at=AT)
    assert count + 3 == Item.objects.count() >= 60
    assert operations.load_catalogue(by=SYSTEM, at=AT) == 0
    assert not Item.objects.filter(current=None).exists()
    assert not Item.objects.filter(confirmed=True).exists()
    known = queries.known(on=AT.date())
    wrong = {
        version.item.code: content_faults(version.content, known)
        for version in ItemVersion.objects.select_related("item")
        if version.item.code in read_reference().items
    }
    assert {code: faults for code, faults in wrong.items() if faults} == {}
    assert set(Item.objects.values_list("line", flat=True)) >= {code for code, _label in LINES} - {"other"}


def test_every_limit_names_its_law_and_no_local_habit_poses_as_one() -> None:
    reference = read_reference()
    keys = {seed.key for seed in reference.limits}
    assert all(seed.source and not seed.confirmed for seed in reference.limits)
    used = {told.get("limit_key") for told in reference.items.values()}
    assert keys <= used
    bare = [told for told in reference.items.values() if not told.get("limit_key")]
    assert bare
    assert all("limit_key" in told for told in bare)
