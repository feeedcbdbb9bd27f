"""A work order becomes one case with a named person, and its answer goes back; nothing twice or lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.testing import open_task
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.exchange.api import serving
from jingkai.kernel.exchange.models import Exchange
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.api import receive_order
from jingkai.modules.approvals.testing import Hall, Platforms
from jingkai.modules.hotline import operations
from jingkai.modules.hotline.models import WorkOrder

pytestmark = pytest.mark.django_db
ORDER = {
    "orderNumber": "GD20260310001",
    "title": "路灯不亮",
    "content": "兴业大道 66 号门前路灯不亮。",
    "callerName": "钱大伟",
    "callerPhone": "13812345678",
    "createdAt": "2026-03-10T08:00:00+08:00",
    "dueAt": "2026-03-13T17:30:00+08:00",
}
AT = "2026-03-10 09:00+08:00"


@pytest.fixture
def line(settings: Any) -> Iterator[Platforms]:
    """The line, played by the stand-in."""
    standin = Platforms("zone", "s3cret")
    with serving(standin) as address:
        settings.HOTLINE_URL, settings.HOTLINE_KEY, settings.HOTLINE_SECRET = address, "zone", "s3cret"
        yield standin


@pytest.fixture
def zone(hall: Hall) -> Iterator[Cast]:
    """A zone that answers work orders, on a working day."""
    with time_machine.travel(AT, tick=False):
        operations.seed_hotline(by=SYSTEM, at=timezone.now())
        yield hall.cast


def came(**more: str) -> WorkOrder:
    """Take a work order in and let its event run."""
    receive_order(order={**ORDER, **more}, at=timezone.now())
    run_jobs(raise_errors=False)
    return WorkOrder.objects.get(number={**ORDER, **more}["orderNumber"])


def test_it_opens_one_case_with_a_named_person_and_a_clock(zone: Cast) -> None:
    order = came()
    task = open_task(order.case, "answer")
    assert task.assignee_id == zone.approval_head.party_id or task.pool_id == zone.approval_head.party_id
    assert order.due_on == date(
        2026, 3, 13
    )  # the line's own day, three working days, is before the rule's five
    assert "GD20260310001" in order.case.title
    assert "13812345678" not in f"{order.case.title} {order.title}"
    assert Notice.objects.filter(to_id=zone.approval_head.party_id, kind="work_order").count() == 1
    assert order.exchange.subject_url == f"/cases/{order.case.uuid}/"


def test_a_repeated_delivery_event_or_job_opens_nothing_twice(zone: Cast) -> None:
    order = came()
    came()
    operations.open_order(exchange_id=order.exchange_id, at=timezone.now())
    assert (WorkOrder.objects.count(), Case.objects.filter(kind="hotline").count()) == (1, 1)
    assert Notice.objects.filter(kind="work_order").count() == 1


@pytest.mark.parametrize("due", ["", "soon", "2026-03-01T10:00:00+08:00", "2027-03-01T10:00:00+08:00"])
def test_a_due_day_that_helps_nobody_leaves_the_zones_own_days(zone: Cast, due: str) -> None:
    assert came(dueAt=due).due_on == date(2026, 3, 17)


def test_progress_and_answer_go_back_and_the_case_ends(zone: Cast, line: Platforms, client: Client) -> None:
    order = came()
    log_in(client, zone.approval_head)
    page = client.get(f"/cases/{order.case.uuid}/").content.decode()
    assert "钱大伟 13812345678" in page
    task = open_task(order.case, "answer")
    act(client, page, task, "progress", "已联系路灯所。")
    page = client.get(f"/cases/{order.case.uuid}/").content.decode()
    act(client, page, task, "answer", "已修复。")
    run_jobs(raise_errors=False)
    sent = {row["service"]: row for row in line.reported.values()}
    assert sent["order/progress"]["text"] == "已联系路灯所。"
    assert (sent["order/answer"]["orderNumber"], sent["order/answer"]["text"]) == (order.number, "已修复。")
    order.refresh_from_db()
    order.case.refresh_from_db()
    assert (order.answer, order.case.state) == ("已修复。", Case.State.CLOSED)
    out = Exchange.objects.filter(direction="out")
    assert set(out.values_list("state", flat=True)) == {Exchange.State.ANSWERED}
    page = client.get(f"/cases/{order.case.uuid}/").content.decode()
    assert "13812345678" not in page
    assert "钱大伟" not in page


def act(client: Client, page: str, task: Task, name: str, text: str) -> None:
    path = f"/tasks/{task.uuid}/work-order/{name}/"
    mark = page.split(f'action="{path}"', 1)[1].split('name="_once" value="', 1)[1].split('"', 1)[0]
    answer = client.post(path, {"text": text, "_once": mark})
    assert answer.status_code == 302, answer.content.decode()[:300]


def test_a_sick_line_gets_the_answer_later_and_without_a_way_a_hand_copies_it(
    zone: Cast, line: Platforms, settings: Any
) -> None:
    order, other = came(), came(orderNumber="GD2")
    line.fault = "down"
    answer_it(order, zone)
    run_jobs(raise_errors=False)
    row = Exchange.objects.get(kind="hotline.answer")
    assert (row.state, row.needs_hand) == (Exchange.State.FAILED, False)
    settings.HOTLINE_URL = ""
    answer_it(other, zone)
    assert Exchange.objects.get(kind="hotline.answer", key="GD2").needs_hand


def answer_it(order: WorkOrder, zone: Cast) -> None:
    task = open_task(order.case, "answer")
    operations.answer_order(task=task, text="已办结。", by=zone.approval_head, at=timezone.now())


def test_only_the_holder_answers_and_with_words(zone: Cast) -> None:
    task = open_task(came().case, "answer")
    with pytest.raises(operations.WordsMissing):
        operations.answer_order(task=task, text="  ", by=zone.approval_head, at=timezone.now())
    with pytest.raises(PersonFacingError):
        operations.answer_order(task=task, text="好", by=zone.officer_fire, at=timezone.now())
    assert WorkOrder.objects.get().answer == ""
