"""A legal statement is confirmed by a person, against an instrument, for the very text that was checked."""

from __future__ import annotations

import pytest

from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Item
from jingkai.modules.approvals.operations.confirming import NothingToConfirm
from jingkai.modules.approvals.rules.fields import LEGAL
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.approvals.tests.test_items import draft, publish, reviewed

pytestmark = pytest.mark.django_db
HALL_AT = "catalogue"
AT = moment("2026-03-02 09:00")


def confirm(hall: Hall, item: Item, sections: list[str], instrument: str = "示政办发〔2026〕3号") -> None:
    editor = hall.actor("catalogue_editor", AT)
    operations.confirm_sections(
        item=item, sections=sections, instrument=instrument, note="", by=editor, at=AT
    )


def test_an_item_is_confirmed_when_every_statement_is(hall: Hall) -> None:
    item = queries.get_item(code="road-occupation")
    for sections, instrument in (([], "文件"), (["help"], "文件"), (["basis"], " ")):
        with pytest.raises(NothingToConfirm):
            confirm(hall, item, sections, instrument)
    confirm(hall, item, ["basis", "limit"])
    assert not queries.get_item(code=item.code).confirmed
    confirm(hall, item, list(LEGAL))
    assert queries.get_item(code=item.code).confirmed
    guide = queries.find_guide(code=item.code, on=AT.date())
    assert guide is not None
    assert guide.confirmations["basis"].confirmed_by_id == hall.cast.catalogue_editor.party_id
    assert guide.confirmations["basis"].instrument == "示政办发〔2026〕3号"


def test_a_changed_text_must_be_checked_again_and_a_check_can_be_taken_back(hall: Hall) -> None:
    item = queries.get_item(code="road-occupation")
    confirm(hall, item, list(LEGAL))
    publish(hall, reviewed(hall, draft(hall, item, fee="每平方米每日 0.5 元")))
    found = queries.get_item(code=item.code)
    assert not found.confirmed
    assert found.current is not None
    assert set(LEGAL) - set(queries.live_confirmations(found, found.current.content)) == {"fees"}
    confirm(hall, found, ["fees"])
    assert queries.get_item(code=item.code).confirmed
    editor = hall.actor("catalogue_editor", AT)
    operations.withdraw_confirmation(item=found, section="basis", reason="文件废止", by=editor, at=AT)
    assert not queries.get_item(code=item.code).confirmed
