"""The ledger's page: for those with the right, void numbers told apart, a gap told loudly."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.permissions.api import SYSTEM
from jingkai.records.numbering import api
from jingkai.records.numbering.models import IssuedNumber
from jingkai.records.numbering.testing import add_series
from jingkai.records.numbering.web import views

pytestmark = pytest.mark.django_db
LEDGER = "/numbers"


@pytest.mark.parametrize(
    ("who", "status"), [("custodian", 200), ("leader", 200), ("clerk", 403), ("handler", 403)]
)
def test_who_may_see_the_ledger(sign_in: Any, who: str, status: int) -> None:
    assert reverse("numbering:ledger") == LEDGER
    assert sign_in(who).get(LEDGER).status_code == status


def test_visitors_are_asked_to_log_in(client: Any) -> None:
    assert client.get(LEDGER).status_code == 302


def test_the_ledger_lists_void_numbers_with_their_reason(cast: Any, sign_in: Any) -> None:
    add_series()
    number = api.next_number(series="test", at=cast.at, by=SYSTEM)
    api.void_number(number_id=number.id, reason="打印错误", by=SYSTEM, at=cast.at)
    text = sign_in("leader").get(LEDGER, {"series": "test"}).content.decode()
    for word in (number.text, "打印错误", "作废", "没有缺号"):
        assert word in text, word
    assert number.text not in sign_in("leader").get(LEDGER, {"year": "1999"}).content.decode()


def test_the_ledger_is_paged(cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    add_series()
    numbers = [api.next_number(series="test", at=cast.at, by=SYSTEM).text for _ in range(3)]
    client = sign_in("leader")
    first = client.get(LEDGER)
    assert numbers[0] not in first.content.decode()
    assert numbers[0] in client.get(LEDGER + first.context["pager"].older_url).content.decode()


def test_a_gap_is_told(cast: Any, sign_in: Any) -> None:
    add_series()
    for _ in range(2):
        api.next_number(series="test", at=cast.at, by=SYSTEM)
    IssuedNumber.objects.filter(sequence=1).delete()
    assert "台账缺号" in sign_in("leader").get(LEDGER).content.decode()


def test_the_ledger_leaves_as_a_spreadsheet_and_on_the_trail(cast: Any, sign_in: Any) -> None:
    add_series()
    number = api.next_number(series="test", at=cast.at, by=SYSTEM)
    answer = sign_in("leader").get(LEDGER + "/export", {"series": "test", "year": "x"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    assert [cell.value for cell in sheet["A"]][1:] == [number.text]
    assert TrailEntry.objects.filter(action="number.list_exported").count() == 1
    assert sign_in("clerk").get(LEDGER + "/export").status_code == 403
