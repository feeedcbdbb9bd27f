"""Results on their way: on paper, replaced, sealed on request; wide and narrow, in both languages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser

from jingkai.casework.cases.testing import open_task
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Delivery
from jingkai.modules.approvals.testing import Hall, moment
from tests.journeys.chromium import Camera, Visitor
from tests.journeys.test_libraries import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NOW = "2026-03-10 10:00"


def furnish(hall: Hall) -> dict[str, Any]:
    """A letter that is asked for, a replacement to be checked, and one whose seal waits for approval."""
    at, handler, clerk = moment(NOW), hall.actor("handler", NOW), hall.actor("clerk", NOW)
    posted, lost, wrong = (hall.bring_to("sealed") for _matter in range(3))
    letter = Delivery.objects.get(document=hall.decision(posted).document)
    address = operations.Address(
        recipient="秦经办", phone="13800000016", address="示范经济开发区兴业大道 18 号"
    )
    operations.ask_for_paper(delivery=letter, way="post", address=address, by=handler, at=at)
    asked = [
        operations.ask_for_replacement(
            document=hall.decision(matter).document, ground=ground, reason=reason, by=handler, at=at
        )
        for matter, ground, reason in (
            (lost, "lost", "办公地点搬迁时遗失"),
            (wrong, "corrected", "工程名称有误"),
        )
    ]
    request = operations.send_to_seal(
        replacement=asked[1], correction="“二期厂房”更正为“二期一号厂房”", version=1, by=clerk, at=at
    )
    return {"posted": posted, "letter": letter, "asked": asked, "request": request}


def test_a_result_goes_its_way(hall: Hall, browser: Browser, live_server: Any) -> None:
    with ThreadPoolExecutor(1, initializer=connections.close_all) as aside:
        made = aside.submit(furnish, hall).result()  # papers are sealed with asyncio, which the browser uses
        aside.submit(connections.close_all).result()
    hall.travel(NOW)
    camera = Camera("results")
    document = hall.decision(made["posted"]).document
    pages = {
        "handler": {
            "matter": reverse("approvals:matter", args=[made["posted"].uuid]),
            "receive": reverse("approvals:receive", args=[made["posted"].uuid, document.uuid]),  # type: ignore[union-attr]
            "replace": reverse("approvals:replace", args=[made["posted"].uuid, document.uuid]),  # type: ignore[union-attr]
        },
        "clerk": {
            "deliveries": reverse("approvals:deliveries"),
            "delivery": reverse("approvals:delivery", args=[made["letter"].uuid]),
            "post": reverse("approvals:post_result", args=[made["letter"].uuid]),
            "hand-over": reverse("approvals:hand_over_result", args=[made["letter"].uuid]),
            "replacements": reverse("approvals:replacements"),
            "replacement": reverse("approvals:replacement", args=[made["asked"][0].uuid]),
            "seal-requests": reverse("approvals:seal_requests"),
        },
        "deputy_director": {"approve": reverse("inbox:case", args=[made["request"].case.uuid])},
        "custodian": {"outside": reverse("seals:outside")},
    }
    for who, addresses in pages.items():
        visitor = Visitor(browser, live_server.url)
        sign_in(visitor, hall, who)
        for name, path in addresses.items():
            camera.shoot(visitor.go(path), name, leaving=True)
        visitor.close()
    task = open_task(made["request"].case, "approve")
    operations.decide_seal_use(
        task=task, outcome="agree", text="", by=hall.actor("deputy_director", NOW), at=moment(NOW)
    )
    custodian = Visitor(browser, live_server.url)
    sign_in(custodian, hall, "custodian")
    camera.shoot(custodian.go(reverse("inbox:case", args=[made["request"].case.uuid])), "apply", leaving=True)
    custodian.close()
    assert camera.faults == []
