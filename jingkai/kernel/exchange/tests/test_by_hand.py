"""Copying over by hand: what waits for each connector, one thing on one screen, noted when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.exchange.data import CopySheet, SheetFields, SheetLine
from jingkai.kernel.exchange.rules import copy_sheets
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
DONE: list[tuple[str, str]] = []


def lines(at: datetime) -> list[SheetLine]:
    return [SheetLine("a1", "二期厂房", "没有响应", at)]


def fields(key: str) -> SheetFields | None:
    return SheetFields("二期厂房", [("名称", "二期厂房"), ("手机", "13812345678")]) if key == "a1" else None


def done(key: str, number: str, _by: Any, _at: datetime) -> bool:
    if not DONE:
        DONE.append((key, number))
        return True
    return False


@pytest.fixture(autouse=True)
def sheets() -> Iterator[None]:
    DONE.clear()
    one = CopySheet("test", "试验平台", "Test platform", "照抄", lines, fields, done)
    other = CopySheet("look", "只看平台", "Look only", "照抄", lines, fields)
    with copy_sheets.including(one, other):
        yield


def test_everything_stands_on_one_screen_and_who_looked_is_written_down(cast: Any) -> None:
    browser = Client()
    user = log_in(browser, cast.system_admin)
    assert reverse("exchange:by_hand") in browser.get(reverse("exchange:journal")).content.decode()
    page = browser.get(reverse("exchange:by_hand")).content.decode()
    assert "试验平台" in page
    assert "没有响应" in page
    address = reverse("exchange:by_hand_sheet", args=["test", "a1"])
    assert "13812345678" in browser.get(address).content.decode()
    assert browser.post(address, with_token({"number": "P7"}, user=user)).status_code == 302
    assert DONE == [("a1", "P7")]
    trail = [entry.action for entry in entries_of(("exchange.copy_sheet", 1))]
    assert trail == ["exchange.sheet_opened", "exchange.done_by_hand"]


@pytest.mark.parametrize(("code", "key", "status"), [("test", "a2", 404), ("none", "a1", 404)])
def test_what_is_not_there_is_not_found(cast: Any, code: str, key: str, status: int) -> None:
    browser = Client()
    log_in(browser, cast.system_admin)
    assert browser.get(reverse("exchange:by_hand_sheet", args=[code, key])).status_code == status


def test_a_number_is_needed_and_some_sheets_are_only_looked_at(cast: Any) -> None:
    browser = Client()
    user = log_in(browser, cast.system_admin)
    for code, number in (("test", " "), ("look", "P7")):
        address = reverse("exchange:by_hand_sheet", args=[code, "a1"])
        assert browser.post(address, with_token({"number": number}, user=user)).status_code in (409, 422)
    assert DONE == []


def test_of_two_people_who_are_done_at_once_one_is_written_down(cast: Any) -> None:
    browser = Client()
    user = log_in(browser, cast.system_admin)
    address = reverse("exchange:by_hand_sheet", args=["test", "a1"])
    assert browser.post(address, with_token({"number": "P7"}, user=user)).status_code == 302
    late = browser.post(address, with_token({"number": "P8"}, user=user))
    assert late.status_code == 409
    assert "已经办结" in late.content.decode() or "已办结" in late.content.decode()
    assert DONE == [("a1", "P7")]
    assert len(entries_of(("exchange.copy_sheet", 1))) == 1


def test_nobody_else_looks(cast: Any) -> None:
    browser = Client()
    log_in(browser, cast.clerk)
    assert browser.get(reverse("exchange:by_hand")).status_code == 403
    assert browser.get(reverse("exchange:by_hand_sheet", args=["test", "a1"])).status_code == 403
