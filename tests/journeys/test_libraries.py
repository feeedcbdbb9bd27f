"""An enterprise's library, fees and account: looked at wide and narrow, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.testing import DAYS, Hall, moment
from jingkai.modules.enterprises import operations as firms
from jingkai.modules.enterprises import queries
from jingkai.modules.licences.testing import put_in, seed
from jingkai.records.files import api as files
from jingkai.records.files.testing import PDF
from tests.journeys.chromium import Camera, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def sign_in(visitor: Visitor, hall: Hall, who: str) -> None:
    """Give the visitor's browser the session of a member of the cast."""
    client = Client()
    hall.log_in(client, who)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    visitor.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": visitor.base}])


def furnish(hall: Hall) -> dict[str, Any]:
    """Licences of every kind of standing, a draft, demands on a statement with a reported payment."""
    at = moment(DAYS["draft"])
    seed(at)
    by = hall.actor("handler", DAYS["draft"])
    held = put_in(by, at=at)
    put_in(by, at=at, type_code="project-planning-permit", until=date(2026, 3, 20), mark="p")
    put_in(by, at=at, type_code="pollutant-discharge-permit", until=date(2026, 2, 1), mark="d")
    draft = hall.draft()
    running = hall.bring_to("accepted")
    firms.seed_fees(by=SYSTEM, at=at)
    firm = queries.get_enterprise(draft.enterprise_id)
    clerk = hall.actor("clerk", DAYS["draft"])
    for code, quantity in (("infrastructure", "21800"), ("real-estate-registration", "1")):
        demand = firms.issue_demand(
            enterprise=firm, code=code, quantity=Decimal(quantity), case=running.case, by=clerk, at=at
        )
    statement = firms.draw_statement(enterprise=firm, by=by, at=at)
    payment = firms.report_payment(
        statement=statement,
        draft=firms.PaymentDraft(Decimal("1308600.00"), date(2026, 3, 2), "transfer", "20260302-0001"),
        upload=files.receive_bytes(PDF, name="回单.pdf"),
        by=by,
        at=at,
    )
    firms.confirm_payment(payment=payment, by=clerk, at=at)
    return {"draft": draft, "held": held, "demand": demand, "statement": statement, "payment": payment}


def test_an_enterprise_looks_after_what_it_holds_and_owes(
    hall: Hall, browser: Browser, live_server: Any
) -> None:
    made = furnish(hall)
    hall.travel(DAYS["accepted"])
    camera = Camera("libraries")
    owner = Visitor(browser, live_server.url)
    sign_in(owner, hall, "legal_representative")
    pages = {
        "home": reverse("approvals:my"),
        "library": reverse("licences:mine"),
        "licence": reverse("licences:mine_entry", args=[made["held"].uuid]),
        "put-in": reverse("licences:add"),
        "facts": reverse("approvals:facts", args=[made["draft"].uuid]),
        "materials": reverse("approvals:materials", args=[made["draft"].uuid]),
        "fees": reverse("enterprises:own_fees"),
        "demand": reverse("enterprises:own_demand", args=[made["demand"].uuid]),
        "statement": reverse("enterprises:statement", args=[made["statement"].uuid]),
        "enterprise": reverse("enterprises:home"),
        "hand-over": reverse("enterprises:hand_over"),
    }
    for name, path in pages.items():
        camera.shoot(owner.go(path), name, leaving=True)
    page = owner.go(pages["materials"])
    page.locator("button[value=all]").click()
    page.wait_for_load_state("networkidle")
    camera.shoot(page, "materials-used", leaving=True)
    owner.close()
    clerk = Visitor(browser, live_server.url)
    sign_in(clerk, hall, "clerk")
    for name, path in {
        "all-libraries": reverse("licences:all"),
        "demands": reverse("enterprises:demands"),
        "new-demand": reverse("enterprises:new_demand"),
        "payments": reverse("enterprises:payments"),
        "payment": reverse("enterprises:payment", args=[made["payment"].uuid]),
    }.items():
        camera.shoot(clerk.go(path), name, leaving=True)
    clerk.close()
    visitor = Visitor(browser, live_server.url)
    camera.shoot(visitor.go(reverse("enterprises:fees")), "fee-list", leaving=True)
    visitor.close()
    assert camera.faults == []
