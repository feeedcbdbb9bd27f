"""The register of powers: entered, changed, announced; organ and respondent are derived, never typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Item, Power
from jingkai.modules.approvals.operations import PowerDraft
from jingkai.modules.approvals.operations.power_register import PowerIncomplete, PowerOverlaps
from jingkai.modules.approvals.operations.powers import PowerChanged
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db
AT = moment("2026-03-02 09:00")


def drafted(hall: Hall, **changes: Any) -> PowerDraft:
    usual = PowerDraft(
        item_id=Item.objects.get(code="air-defence-review").pk,
        basis="entrusted",
        entruster_id=hall.cast.unit("county_airdefence"),
        exercised_by_id=hall.cast.unit("airdefence"),
        instrument="县委托〔2026〕9号",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    return replace(usual, **changes)


def enter(hall: Hall, draft: PowerDraft, at: datetime = AT) -> Power:
    editor = hall.actor("catalogue_editor", at)
    return operations.enter_power(draft=draft, reason="县政府公告", by=editor, at=at)


def test_a_power_is_entered_with_what_follows_from_it(hall: Hall) -> None:
    power = enter(hall, drafted(hall))
    assert (power.organ, power.respondent) == ("县人民防空办公室",) * 2
    assert power.number == 13
    own = replace(drafted(hall), item_id=Item.objects.get(code="quality-safety-supervision").pk)
    power = enter(hall, replace(own, basis="concentrated", entruster_id=None))
    assert power.organ == "示范经济开发区管理委员会"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"instrument": " "}, PowerIncomplete),
        ({"entruster_id": None}, PowerIncomplete),
        ({"ends_on": date(2025, 1, 1)}, PowerIncomplete),
        ({"basis": "wished"}, PowerIncomplete),
    ],
)
def test_an_incomplete_power_is_refused(hall: Hall, changes: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        enter(hall, drafted(hall, **changes))


def test_two_powers_for_one_item_never_overlap(hall: Hall) -> None:
    power = enter(hall, drafted(hall))
    with pytest.raises(PowerOverlaps):
        enter(hall, drafted(hall, starts_on=date(2026, 12, 31), ends_on=date(2027, 12, 31)))
    editor = hall.actor("catalogue_editor", AT)
    longer = drafted(hall, ends_on=date(2027, 6, 30))
    changed = operations.change_power(
        power=power, draft=longer, reason="续期", version=power.version, by=editor, at=AT
    )
    assert changed.ends_on == date(2027, 6, 30)
    with pytest.raises(PowerChanged):
        operations.change_power(power=power, draft=longer, reason="再改", version=1, by=editor, at=AT)


def test_the_end_is_announced_to_keeper_and_head_each_step_once(hall: Hall) -> None:
    operations.seed_power_rules(at=AT)
    power = hall.power()
    told = []
    for left in (120, 90, 89, 30, 29, 7, 1, 0):
        at = moment(f"{power.ends_on - timedelta(days=left)} 09:00")
        told.append(operations.announce_expiry(by=SYSTEM, at=at))
    assert told == [0, 1, 0, 1, 0, 1, 0, 0]
    readers = set(Notice.objects.filter(kind="power_ends").values_list("to_id", flat=True))
    assert readers == {hall.cast.catalogue_editor.party_id, hall.cast.head_fire.party_id}
