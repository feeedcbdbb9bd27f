"""The platforms outside, over HTTP, on good days and bad ones: nothing lost, nothing twice, all visible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from jingkai.kernel.events.testing import run_jobs, watching
from jingkai.kernel.exchange.api import Call, serving
from jingkai.kernel.exchange.data import Refused, Unanswered
from jingkai.kernel.exchange.events import WorkOrderReceived
from jingkai.kernel.exchange.models import Exchange, SystemState
from jingkai.kernel.exchange.testing import ApiClient, make_token
from jingkai.modules.approvals.connectors.platform import Platform, hall, signature
from jingkai.modules.approvals.connectors.platform_standin import PROJECT, Platforms
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.approvals.testing import Hall

pytestmark = pytest.mark.django_db
State = Exchange.State
CODE = "2611-320826-04-01-118456"


@pytest.fixture
def outside(settings: Any) -> Iterator[Platforms]:
    """The real stand-in on loopback, and the product told to use it for all three."""
    standin = Platforms("zone", "s3cret", projects={CODE: PROJECT})
    with serving(standin) as address:
        for name in ("HALL", "PROJECTS", "HOTLINE"):
            setattr(settings, f"{name}_URL", address)
            setattr(settings, f"{name}_KEY", "zone")
            setattr(settings, f"{name}_SECRET", "s3cret")
        yield standin


def kinds() -> list[tuple[str, str]]:
    """The kinds and states in the journal, in order."""
    return list(Exchange.objects.order_by("pk").values_list("kind", "state"))


def test_a_matter_is_reported_step_by_step_and_once(hall: Hall, outside: Platforms) -> None:
    matter = hall.bring_to("sealed")
    run_jobs(raise_errors=False)
    sent = {row["service"] for row in outside.reported.values()}
    assert sent == {"application/report", "progress/report", "result/report"}
    reference = hall.case(matter).reference
    assert {row["reference"] for row in outside.reported.values()} == {reference}
    assert {state for _kind, state in kinds()} == {State.ANSWERED}
    row = Exchange.objects.get(kind=reporting.APPLICATION)
    assert row.outside_number.startswith("SZ")
    before = len(outside.reported)
    reporting.report_application(application_id=matter.pk, at=timezone.now())
    run_jobs(raise_errors=False)
    assert len(outside.reported) == before


@pytest.mark.parametrize("fault", ["slow", "down", "broken", "nonsense", "page", "cut"])
def test_a_sick_province_gets_everything_later(
    hall: Hall, outside: Platforms, fault: str, monkeypatch: Any
) -> None:
    from jingkai.kernel.exchange.data import Limits
    from jingkai.modules.approvals.connectors import platform

    monkeypatch.setattr(platform, "LIMITS", Limits(seconds=1))
    matter = hall.bring_to("submitted")
    outside.fault = fault
    with time_machine.travel("2026-03-02 12:00+08:00", tick=False) as clock:
        outside.now = lambda: timezone.now().timestamp()
        run_jobs(raise_errors=False)
        row = Exchange.objects.get(kind=reporting.APPLICATION)
        assert (row.state, bool(row.problem)) == (State.FAILED, True)
        outside.fault = ""
        clock.shift(timedelta(minutes=2))
        run_jobs(raise_errors=False)
    row.refresh_from_db()
    assert row.state == State.ANSWERED
    assert [one["reference"] for one in outside.reported.values()] == [hall.case(matter).reference]


def test_a_no_of_the_province_waits_for_a_hand(hall: Hall, outside: Platforms) -> None:
    outside.says_no = "事项编码不存在"
    hall.bring_to("submitted")
    run_jobs(raise_errors=False)
    row = Exchange.objects.get(kind=reporting.APPLICATION)
    assert (row.state, row.needs_hand, row.problem) == (State.FAILED, True, "事项编码不存在")
    assert not SystemState.objects.filter(failures__gt=0).exists()


def test_without_a_way_it_waits_for_the_copy_sheet_or_is_not_made(hall: Hall, settings: Any) -> None:
    hall.bring_to("submitted")
    run_jobs(raise_errors=False)
    assert kinds() == []
    settings.HALL_BY_HAND = True
    matter = hall.bring_to("submitted")
    run_jobs(raise_errors=False)
    row = Exchange.objects.get()
    assert (row.state, row.needs_hand) == (State.WAITING, True)
    assert row.subject.startswith(hall.case(matter).reference)


def test_a_wrong_signature_is_refused_by_the_platform(outside: Platforms) -> None:
    wrong = Platform("hall", hall().address, "zone", "wrong")
    with pytest.raises(Refused, match="验签失败"):
        wrong.ask("item/list", {})
    body, moment = b"{}", str(int(timezone.now().timestamp()))
    headers = {"x-app-id": "zone", "x-timestamp": moment, "x-nonce": "n"}
    headers["x-sign"] = signature("s3cret", service="item/list", time=moment, nonce="n", body=body)
    call = Call("POST", "/gateway/item/list", {}, headers, body)
    assert outside.answer(call)[1]["code"] == 200
    assert outside.answer(call)[1]["code"] == 401, "a call that is played again is refused"


ORDERS = [
    {
        "orderNumber": "GD2",
        "title": "噪声扰民",
        "createdAt": "2026-11-21T09:00:00+08:00",
        "callerName": "赵某",
    },
    {
        "orderNumber": "GD1",
        "title": "路灯不亮",
        "createdAt": "2026-11-20T09:00:00+08:00",
        "callerName": "钱某",
    },
    {"title": "没有编号"},
]


@pytest.mark.parametrize("fault", ["", "twice", "disorder"])
def test_work_orders_come_in_once_in_whatever_order(outside: Platforms, fault: str) -> None:
    outside.orders, outside.fault = ORDERS, fault
    with watching() as told:
        assert reporting.poll_orders(at=timezone.now()) == 2
        assert reporting.poll_orders(at=timezone.now()) == 0
    assert len([one for one in told if isinstance(one, WorkOrderReceived)]) == 2
    assert set(Exchange.objects.values_list("outside_number", flat=True)) == {"GD1", "GD2"}


@pytest.mark.parametrize("fault", ["down", "nonsense"])
def test_a_sick_line_loses_no_work_order(outside: Platforms, fault: str) -> None:
    outside.orders, outside.fault = ORDERS, fault
    with pytest.raises(Unanswered):
        reporting.poll_orders(at=timezone.now())
    outside.fault = ""
    assert reporting.poll_orders(at=timezone.now()) == 2


def test_a_work_order_by_call_and_by_poll_is_one(outside: Platforms) -> None:
    client = ApiClient(make_token(["work-orders:write"])[1])
    body = {"orderNumber": "GD1", "title": "路灯不亮", "callerName": "钱某", "callerPhone": "13812345678"}
    assert client.post("work-orders", body).json() == {"number": "GD1", "taken_in": True}
    assert client.post("work-orders", body).json() == {"number": "GD1", "taken_in": False}
    assert client.post("work-orders", {"title": "x"}).status_code == 422
    outside.orders = ORDERS
    assert reporting.poll_orders(at=timezone.now()) == 1


def test_items_are_read_and_the_same_list_is_kept_once(outside: Platforms) -> None:
    outside.items = [{"itemCode": "1", "itemName": "消防设计审查"}]
    assert reporting.fetch_items(at=timezone.now()) is not None
    assert reporting.fetch_items(at=timezone.now()) is None
    outside.items.append({"itemCode": "2", "itemName": "施工许可"})
    assert reporting.fetch_items(at=timezone.now()) is not None
    outside.fault = "page"
    with pytest.raises(Unanswered):
        reporting.fetch_items(at=timezone.now())


def test_a_project_code_fills_the_facts(outside: Platforms) -> None:
    facts = reporting.project_facts(code=CODE)
    assert (facts["project_name"], facts["investment"]) == (PROJECT["projectName"], PROJECT["investment"])
    with pytest.raises(reporting.ProjectUnknown, match="未查询到"):
        reporting.project_facts(code="2611-320826-04-01-000000")
    with pytest.raises(reporting.ProjectCodeWrong):
        reporting.project_facts(code="2611")
    outside.fault = "down"
    with pytest.raises(reporting.ProjectUnknown):
        reporting.project_facts(code=CODE)
