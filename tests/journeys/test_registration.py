"""An enterprise registers with its credit code, proves its phone by a real text message, and logs in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from jingkai.config.demo.enterprises import with_check
from jingkai.kernel.events.api import run_jobs
from tests.journeys.chromium import Camera, Visitor, click
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CODE = with_check("91320826MA1XY005")
PASSWORD = "Kiln-harbour-93-maple"
FORM = {
    "name": "远帆精密机械有限公司",
    "legal_representative": "黄远",
    "address": "示范经济开发区创新路 9 号",
    "handler_name": "梁晨",
    "phone": "13711112222",
    "email": "liang@example.com",
    "username": "liangchen",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


def test_an_enterprise_registers_and_logs_in(zone: tuple[Zone, Outside]) -> None:
    """Wrong codes are explained; the right one registers the enterprise and its handler."""
    place, outside = zone
    camera = Camera("registration")
    visitor = Visitor(place.browser, place.base)
    page = visitor.go("/register")
    for name, value in FORM.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=consent]").check()
    page.locator("[name=uscc]").fill("91350211M0000XUF46")
    click(page.locator("main button.btn-primary"))
    expect(page.get_by_text(re.compile("R")).first).to_be_visible()
    expect(page.locator("[name=handler_name]")).to_have_value("梁晨")
    camera.shoot(page, "wrong-code")
    for name, value in FORM.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=consent]").check()
    page.locator("[name=uscc]").fill(CODE)
    click(page.locator("main button.btn-primary"))
    run_jobs()
    texts = [str(message["params"]) for message in outside.sms.store.all()]
    sent = re.findall(r"\b(\d{6})\b", " ".join(texts))
    assert sent, texts
    camera.shoot(page, "prove-phone")
    page.locator("[name=code]").fill(sent[-1])
    click(page.locator("main button.btn-primary"))
    if "/accounts/login" in page.url:
        page.locator("input[name=login]").fill("liangchen")
        page.locator("input[name=password]").fill(PASSWORD)
        click(page.locator("main button.btn-primary"))
    page = visitor.go("/enterprise/")
    expect(page.get_by_text("远帆精密机械有限公司").first).to_be_visible()
    camera.shoot(page, "enterprise", leaving=True)
    visitor.close()
    assert not camera.faults, "\n".join(camera.faults)
