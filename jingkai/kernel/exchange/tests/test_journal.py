"""Exchanges with a system that is slow, down, or answers nonsense: nothing lost, resumed, visible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.exchange.connectors.egress import call
from jingkai.kernel.exchange.connectors.standin import Call, serving
from jingkai.kernel.exchange.data import (
    BREAK_AFTER,
    CallFailed,
    ExchangeKind,
    Limits,
    OutsideSystem,
    PayloadField,
    Refused,
    Reply,
    Unanswered,
)
from jingkai.kernel.exchange.models import Exchange, SystemState
from jingkai.kernel.exchange.operations.journal import Outgoing, resume, send_out, take_in
from jingkai.kernel.exchange.panels import check_systems
from jingkai.kernel.exchange.rules import kinds, systems
from jingkai.kernel.exchange.testing import list_address
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
State = Exchange.State
PAYLOAD = {
    "applicant": "张大山",
    "phone": "13812345678",
    "identity": "320826199001011234",
    "title": "二期厂房",
}


class Platform:
    """A platform outside: takes a thing once per key."""

    def __init__(self) -> None:
        self.fault, self.taken, self.calls, self.says_no = "", {}, 0, False
        self.address = ""

    def answer(self, call: Call) -> tuple[int, Any]:
        """Take one thing."""
        self.calls += 1
        if self.says_no:
            return 200, {"code": 422, "message": "项目代码不存在"}
        number = self.taken.setdefault(call.headers["idempotency-key"], f"P{len(self.taken) + 1}")
        return 200, {"code": 0, "number": number}

    def send(self, payload: Mapping[str, Any], key: str) -> Reply:
        """A client of it, as connectors are."""
        try:
            answer = call(
                f"{self.address}/take",
                purpose="hall",
                method="POST",
                json=dict(payload),
                headers={"Idempotency-Key": key},
                limits=Limits(seconds=1),
            )
            body = answer.json()
        except (CallFailed, ValueError) as error:
            raise Unanswered(str(error)) from error
        if not answer.ok or not isinstance(body, dict):
            raise Unanswered(f"HTTP {answer.status}")
        if body.get("code") != 0:
            raise Refused(str(body.get("message")))
        return Reply(number=body["number"])


@pytest.fixture
def platform() -> Iterator[Platform]:
    """The platform, running and declared."""
    standin = Platform()
    kind = ExchangeKind(
        code="test.thing",
        system="test",
        direction="out",
        name="报送一物",
        name_en="A thing",
        fields=(
            PayloadField("title", "标题"),
            PayloadField("applicant", "申请人", "name"),
            PayloadField("phone", "电话", "phone"),
            PayloadField("identity", "证件号", "identity"),
        ),
        carry_out=standin.send,
        is_connected=lambda: bool(standin.address),
    )
    system = OutsideSystem("test", "测试平台", "Test platform")
    with serving(standin) as address, kinds.including(kind), systems.including(system):
        list_address(address, "hall")
        standin.address = address
        yield standin


def send(key: str = "1") -> Exchange:
    """Something to be told."""
    outgoing = Outgoing(kind="test.thing", key=key, subject=f"办件 {key}", payload=PAYLOAD)
    return send_out(outgoing=outgoing, at=timezone.now())


def fresh(row: Exchange) -> Exchange:
    """The row as it stands now."""
    return Exchange.objects.get(pk=row.pk)


def test_a_thing_goes_out_once_and_lies_encrypted(platform: Platform) -> None:
    row = send()
    assert send().pk == row.pk
    run_jobs()
    assert platform.calls == 1
    row = fresh(row)
    assert (row.state, row.outside_number, row.tries) == (State.ANSWERED, "P1", 1)
    assert len(row.digest) == 64
    with connection.cursor() as cursor:
        cursor.execute("SELECT exchange_exchange::text FROM exchange_exchange")
        assert "张大山" not in str(cursor.fetchall())


@pytest.mark.parametrize("fault", ["slow", "down", "broken", "nonsense", "page", "cut"])
def test_a_sick_platform_loses_nothing(platform: Platform, fault: str) -> None:
    platform.fault = fault
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False) as clock:
        row = send()
        run_jobs()
        assert fresh(row).state == State.FAILED
        assert fresh(row).problem
        assert fresh(row).next_at
        platform.fault = ""
        clock.shift(timedelta(seconds=31))
        run_jobs()
    assert fresh(row).state == State.ANSWERED
    assert len(platform.taken) == 1, "taken in once, however often it was sent"


def test_a_platform_that_is_down_is_left_alone_and_then_everything_goes_on(platform: Platform) -> None:
    platform.fault = "down"
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False) as clock:
        rows = [send(str(number)) for number in range(20)]
        run_jobs()
        state = SystemState.objects.get(system="test")
        assert state.failures == BREAK_AFTER, "after five failures the others did not try"
        assert check_systems().state == "fail"
        waiting = [fresh(row) for row in rows if fresh(row).tries == 0]
        assert len(waiting) == 15
        assert {row.state for row in waiting} == {State.WAITING}
        platform.fault = ""
        for _step in range(6):
            clock.shift(timedelta(minutes=2))
            resume(at=timezone.now())
            run_jobs()
    assert {fresh(row).state for row in rows} == {State.ANSWERED}
    assert len(platform.taken) == 20
    assert check_systems().state == "ok"


def test_a_refusal_needs_a_person_and_does_not_make_the_platform_sick(platform: Platform, cast: Any) -> None:
    platform.says_no = True
    row = send()
    run_jobs()
    row = fresh(row)
    assert (row.state, row.needs_hand, row.next_at) == (State.FAILED, True, None)
    assert row.problem == "项目代码不存在"
    assert SystemState.objects.get(system="test").failures == 0
    resume(at=timezone.now() + timedelta(days=3))
    run_jobs()
    assert platform.calls == 1, "nobody asks the same again by themselves"
    assert check_systems().state == "warn"


def test_a_worker_that_died_is_taken_over(platform: Platform) -> None:
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False) as clock:
        row = send()
        Exchange.objects.filter(pk=row.pk).update(state=State.SENT, claimed_at=timezone.now(), tries=1)
        run_jobs()
        assert fresh(row).state == State.SENT
        clock.shift(timedelta(minutes=6))
        resume(at=timezone.now())
        run_jobs()
    assert fresh(row).state == State.ANSWERED


def test_without_a_way_it_is_copied_over_by_hand(platform: Platform, cast: Any) -> None:
    platform.address = ""
    row = send()
    run_jobs()
    assert (fresh(row).state, fresh(row).needs_hand) == (State.WAITING, True)
    browser = Client()
    user = log_in(browser, cast.system_admin)
    listed = browser.get("/system/exchange?state=hand")
    assert len(listed.context["table"].rows) == 1
    shown = browser.get(f"/system/exchange/{row.uuid}").content.decode()
    assert "张**" in shown
    assert "138****5678" in shown
    for secret in ("张大山", "13812345678", "320826199001011234"):
        assert secret not in shown
    sheet = browser.get(f"/system/exchange/{row.uuid}/sheet").content.decode()
    for value in PAYLOAD.values():
        assert value in sheet
    empty = browser.post(f"/system/exchange/{row.uuid}/done", with_token({"version": row.version}, user=user))
    assert empty.status_code == 422
    data = {"version": row.version, "number": "SZ-2026-77"}
    done = browser.post(f"/system/exchange/{row.uuid}/done", with_token(data, user=user))
    assert done.status_code == 302
    row = fresh(row)
    assert (row.state, row.outside_number) == (State.BY_HAND, "SZ-2026-77")
    assert row.settled_by_id == cast.system_admin.party_id
    assert {entry.action for entry in entries_of(row)} == {"exchange.sheet_opened", "exchange.done_by_hand"}
    twice = browser.post(f"/system/exchange/{row.uuid}/done", with_token({**data, "version": 2}, user=user))
    assert twice.status_code == 409


def test_the_page_says_in_words_what_went_wrong_and_who_goes_on(platform: Platform, cast: Any) -> None:
    browser = Client()
    log_in(browser, cast.system_admin)
    payload = {**PAYLOAD, "title": "2026-11-19T01:40:00+00:00"}
    outgoing = Outgoing(kind="test.thing", key="w", subject="办件", payload=payload)
    row = send_out(outgoing=outgoing, at=timezone.now())
    platform.fault = "down"
    run_jobs()
    page = browser.get(f"/system/exchange/{row.uuid}", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "The other side could not answer (HTTP 503)." in page
    assert "it is sent again by itself" in page
    assert "HTTP 503</dd>" in page, "the log's own words stand below"
    assert "2026-11-19 09:40" in page, "a moment is told in the zone's time, as people copy it"


def test_the_journal_is_narrowed_exported_and_retried(platform: Platform, cast: Any) -> None:
    platform.says_no = True
    row = send()
    run_jobs()
    platform.says_no = False
    browser = Client()
    user = log_in(browser, cast.system_admin)
    page = browser.get("/system/exchange?q=办件&state=failed&system=test&kind=test.thing&sort=-tries")
    assert len(page.context["table"].rows) == 1
    assert browser.get("/system/exchange/export?state=failed")["Content-Type"].endswith("sheet")
    assert browser.post(f"/system/exchange/{row.uuid}/retry", with_token(user=user)).status_code == 302
    run_jobs()
    assert fresh(row).state == State.ANSWERED
    again = browser.post(f"/system/exchange/{row.uuid}/retry", with_token(user=user))
    assert again.status_code == 409


def test_what_comes_in_twice_is_kept_once(platform: Platform) -> None:
    outgoing = Outgoing(kind="test.thing", key="GD1", subject="工单", payload=PAYLOAD)
    first, is_new = take_in(outgoing=outgoing, outside_number="GD1", at=timezone.now())
    second, is_again = take_in(outgoing=outgoing, outside_number="GD1", at=timezone.now())
    assert (first.pk, is_new, is_again) == (second.pk, True, False)
