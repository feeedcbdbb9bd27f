"""The platforms outside, over HTTP, on good days and bad ones: nothing lost, nothing twice, all visible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jingkai.casework.cases.testing import open_task
from jingkai.kernel.events.testing import run_jobs, watching
from jingkai.kernel.exchange.api import Call, serving
from jingkai.kernel.exchange.data import Refused, Unanswered
from jingkai.kernel.exchange.events import WorkOrderReceived
from jingkai.kernel.exchange.models import Exchange, SystemState
from jingkai.kernel.exchange.testing import ApiClient, make_token
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.connectors.platform import Platform, hall, signature
from jingkai.modules.approvals.connectors.platform_standin import PROJECT, Platforms
from jingkai.modules.approvals.models import Item
from jingkai.modules.approvals.operations import reporting
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.approvals.testing.project import Project

pytestmark = pytest.mark.django_db
State = Exchange.State
CODE = "2611-320826-04-01-118456"
ENGLISH = {"accept-language": "en"}


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


def test_each_item_of_a_package_reports_its_own_result(project: Project, outside: Platforms) -> None:
    matter = project.accepted()
    project.review(matter, "filing")
    project.sign(matter, "filing")
    decision = project.seal(matter, "filing")
    assert decision.document is not None
    run_jobs(raise_errors=False)
    [row] = [one for one in outside.reported.values() if one["service"] == "result/report"]
    assert (row["itemCode"], row["documentNumber"]) == ("project-filing", decision.document.number_text)
    assert Exchange.objects.get(kind=reporting.RESULT).key == str(decision.uuid)


def test_a_document_in_the_place_of_another_is_reported_too(hall: Hall, outside: Platforms) -> None:
    matter, at = hall.bring_to("sealed"), "2026-03-10 10:00"
    run_jobs(raise_errors=False)
    document = hall.decision(matter).document
    assert document is not None
    asked = operations.ask_for_replacement(
        document=document, ground="lost", reason="搬迁时遗失", by=hall.actor("handler", at), at=moment(at)
    )
    request = operations.send_to_seal(
        replacement=asked, correction="", version=asked.version, by=hall.actor("clerk", at), at=moment(at)
    )
    for node, who in (("approve", "deputy_director"), ("apply", "custodian")):
        task, by = open_task(request.case, node), hall.actor(who, at)
        if node == "approve":
            operations.decide_seal_use(task=task, outcome="agree", text="", by=by, at=moment(at))
        else:
            operations.apply_requested(task=task, by=by, at=moment(at))
    run_jobs(raise_errors=False)
    numbers = {
        row["documentNumber"] for row in outside.reported.values() if row["service"] == "result/report"
    }
    new = hall.decision(matter).document
    assert new is not None
    assert numbers == {document.number_text, new.number_text}


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


def _orders() -> list[dict[str, Any]]:
    """Two work orders of the last days, the later one first."""
    at = timezone.localtime()
    return [
        {
            "orderNumber": "GD2",
            "title": "噪声扰民",
            "createdAt": (at - timedelta(days=1)).isoformat(),
            "callerName": "赵某",
        },
        {
            "orderNumber": "GD1",
            "title": "路灯不亮",
            "createdAt": (at - timedelta(days=2)).isoformat(),
            "callerName": "钱某",
        },
        {"title": "没有编号", "createdAt": at.isoformat()},
    ]


@pytest.mark.parametrize("fault", ["", "twice", "disorder"])
def test_work_orders_come_in_once_in_whatever_order(outside: Platforms, fault: str) -> None:
    outside.orders, outside.fault = _orders(), fault
    with watching() as told:
        assert reporting.poll_orders(at=timezone.now()) == 2
        assert reporting.poll_orders(at=timezone.now()) == 0
    assert len([one for one in told if isinstance(one, WorkOrderReceived)]) == 2
    assert set(Exchange.objects.values_list("outside_number", flat=True)) == {"GD1", "GD2"}


@pytest.mark.parametrize("fault", ["down", "nonsense"])
def test_a_sick_line_loses_no_work_order(outside: Platforms, fault: str) -> None:
    outside.orders, outside.fault = _orders(), fault
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
    outside.orders = _orders()
    assert reporting.poll_orders(at=timezone.now()) == 1


def handling(number: str, last: str = "01") -> str:
    """A handling code: the unit's credit code, the level, the basic code, two digits."""
    return f"91320826MA1P9XKD4G400011500{number}{last}"


def item_of(number: str, **more: Any) -> dict[str, Any]:
    """One item as the province gives it, with all that its rules ask for."""
    return {
        "catalogCode": f"00011500{number}",
        "taskCode": handling(number)[:-2],
        "taskHandleCode": handling(number),
        "useLevel": "4",
        "taskName": f"省定事项 {number}",
        "taskType": "01",
        "deptName": "行政审批局",
        "serveType": "2",
        "anticipateDay": 20,
        "anticipateType": "1",
        "promiseDay": "5",
        "byLaw": "某条例第三条",
        "acceptCondition": "符合条件",
        "resultName": "许可证",
        "remedy": "可以申请行政复议。",
        "isFee": "0",
        "materials": [{"materialName": "申请表", "materialType": "form", "isNeed": "1", "sourceType": "10"}],
        **more,
    }


def test_the_provinces_items_are_shown_before_they_are_drafts(hall: Hall, outside: Platforms) -> None:
    at = timezone.now()
    outside.items = [item_of("7001"), item_of("7002", promiseDay="soon")]
    found = reporting.fetch_items(by=SYSTEM, at=at)
    assert found is not None
    assert (found.state, [line["change"] for line in found.plan]) == ("ready", ["new"])
    assert [(one["row"], one["column"]) for one in found.faults] == [(2, "promiseDay")]
    assert not Item.objects.filter(code="item-000115007001").exists()
    assert Exchange.objects.get(kind=reporting.ITEMS).subject_url.endswith(f"{found.uuid}/")
    assert reporting.fetch_items(by=SYSTEM, at=at) == found
    applied = operations.apply_import(found=found, by=hall.actor("catalogue_editor", at), at=at)
    item = Item.objects.get(code="item-000115007001")
    version = queries.open_version(item)
    assert applied.state == "applied"
    assert version is not None
    assert version.content["name"] == "省定事项 7001"
    assert not item.confirmations.exists()  # every legal statement is to be verified locally
    assert reporting.fetch_items(by=SYSTEM, at=at) is None


def test_a_newer_list_takes_the_place_of_one_that_nobody_applied(hall: Hall, outside: Platforms) -> None:
    at = timezone.now()
    outside.items = [item_of("7001")]
    first = reporting.fetch_items(by=SYSTEM, at=at)
    outside.items = [item_of("7001"), item_of("7003")]
    second = reporting.fetch_items(by=SYSTEM, at=at)
    assert first is not None
    assert second is not None
    first.refresh_from_db()
    assert (first.state, second.state) == ("discarded", "ready")


def test_twin_codes_are_refused_by_name_and_gone_items_are_told(hall: Hall, outside: Platforms) -> None:
    at = timezone.now()
    ours = list(Item.objects.exclude(current=None).order_by("code")[:3])
    Item.objects.filter(pk__in=[ours[0].pk, ours[1].pk]).update(implementing_code=handling("9001")[:-2])
    Item.objects.filter(pk=ours[2].pk).update(handling_code=handling("9002"))
    outside.items = [
        item_of("9001"),
        item_of("7001"),
        item_of("7004", taskHandleCode=handling("7001")),
        item_of("7001", taskHandleCode=handling("7001", "02")),
    ]
    found = reporting.fetch_items(by=SYSTEM, at=at)
    assert found is not None
    refused = {one["row"]: one for one in found.faults}
    assert set(refused) == {1, 3, 4}
    assert ours[0].code in refused[1]["reason"]
    assert ours[1].code in refused[1]["reason"]
    assert [line["code"] for line in found.plan] == ["item-000115007001"]
    outside.items = [item_of("7001")]
    found = reporting.fetch_items(by=SYSTEM, at=at)
    assert found is not None
    gone = [line["code"] for line in found.plan if line["change"] == "gone"]
    assert {one.code for one in ours} <= set(gone)


def test_a_sick_province_leaves_the_items_alone(hall: Hall, outside: Platforms) -> None:
    outside.items = [item_of("7001")]
    found = reporting.fetch_items(by=SYSTEM, at=timezone.now())
    for fault in ("page", "down", "nonsense", "cut"):
        outside.fault = fault
        with pytest.raises(Unanswered):
            reporting.fetch_items(by=SYSTEM, at=timezone.now())
    assert found is not None
    found.refresh_from_db()
    assert found.state == "ready"


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


def test_the_button_fills_the_form_and_keeps_what_was_typed(
    hall: Hall, outside: Platforms, client: Client
) -> None:
    draft = hall.draft()
    hall.log_in(client, "handler")
    page = f"/my/{draft.uuid}/facts/"
    assert f"/my/{draft.uuid}/project/" in client.get(page).content.decode()
    typed = {"project_code": CODE, "project_name": "旧名称", "contractor": "某建筑公司"}

    def fetch(**more: Any) -> str:
        draft.refresh_from_db()
        given = {**typed, **more, "version": draft.version}
        answer = client.post(f"/my/{draft.uuid}/project/", given, headers=ENGLISH)
        assert answer["Location"] == page
        return client.get(page, headers=ENGLISH).content.decode()

    shown = fetch()
    assert PROJECT["projectName"] in shown
    assert "某建筑公司" in shown
    assert "Replaced what stood there: Project name (旧名称)" in shown
    draft.refresh_from_db()
    assert draft.typed["investment"] == PROJECT["investment"]
    assert "has 20 digits" in fetch(project_code="2611")
    assert "未查询到" in fetch(project_code="2611-320826-04-01-000000")
    for fault in ("down", "page", "nonsense"):
        outside.fault = fault
        told = fetch(contractor="另一家公司")
        assert "does not answer at the moment" in told
        assert "另一家公司" in told


def test_nobody_fetches_into_the_draft_of_another(hall: Hall, outside: Platforms, client: Client) -> None:
    draft = hall.draft()
    hall.log_in(client, "other_handler")
    answer = client.post(f"/my/{draft.uuid}/project/", {"project_code": CODE, "version": draft.version})
    assert answer.status_code == 404
    assert outside.services == []
