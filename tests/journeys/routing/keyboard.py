"""The scene of the keys: a desk worked through without a mouse, and the keys switched off."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import Page, expect

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.models import Task
from jingkai.config.demo.telling import actor
from tests.journeys.chromium import be_at_rest
from tests.journeys.routing.changing import begin_by_hand
from tests.journeys.routing.office import Office

LINES = "[data-list] table.list tbody tr"
FOCUSED = (
    "(lines) => [...document.querySelectorAll(lines)].indexOf(document.activeElement.closest(lines) || null)"
)


def work_by_keys(office: Office) -> None:
    """The keys are told on the page; they move, tick, claim, open, and can be switched off."""
    for title in ("更新灭火器台账", "疏散演练方案"):
        _send_to_review(title)
    page = office.at("chuangkou2", "/desk/?tab=pool")
    _are_told(page)
    assert page.locator(LINES).count() >= 2
    for key, line in (("j", 0), ("j", 1), ("k", 0), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED, LINES) == line
    page.keyboard.press("x")
    expect(page.locator(LINES).nth(1).locator(".c-tick input")).to_be_checked()
    matter = page.locator(LINES).nth(1).locator(".c-title a").inner_text()
    _leads_on(page, "c")
    expect(page.locator("h1")).to_contain_text(matter)
    page = office.at("chuangkou2", "/desk/")
    page.keyboard.press("j")
    opened = page.evaluate("document.activeElement.getAttribute('href')")
    _leads_on(page, "Enter")
    assert page.url.endswith(opened)
    page = office.at("chuangkou2", "/desk/?tab=pool")
    _leads_on(page, "n")
    assert "/cases/" in page.url
    _are_switched_off(office)


def _send_to_review(title: str) -> None:
    """One more matter, whose legal review waits in the service centre."""
    case, at = begin_by_hand(title), timezone.now()
    task = Task.objects.get(case=case, state="open")
    cases.complete_task(task=task, outcome="agree", by=actor("xiaofangzr", at), at=at)


def _are_told(page: Page) -> None:
    expect(page.locator("#keys summary")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys dl")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys dl")).to_be_hidden()


def _leads_on(page: Page, key: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)
    be_at_rest(page)


def _are_switched_off(office: Office) -> None:
    """Single keys trouble whoever speaks to the machine (WCAG 2.1.4): the switch holds on every list."""
    page = office.at("chuangkou2", "/cases/?sort=")
    page.keyboard.press("j")
    assert page.evaluate(FOCUSED, LINES) == 0
    page.keyboard.press("?")
    page.locator("[data-keys-switch] input").uncheck()
    page = office.at("chuangkou2", "/desk/")
    page.keyboard.press("j")
    assert page.evaluate(FOCUSED, LINES) == -1
    page.locator("#keys summary").click()
    page.locator("[data-keys-switch] input").check()
    page.keyboard.press("j")
    assert page.evaluate(FOCUSED, LINES) == 0
