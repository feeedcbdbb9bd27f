"""A morning in the hall: a number, a call on the screen, a visit, an appointment, the manager's board."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jingkai.config.demo import windows as demo
from jingkai.kernel.notices.models import PhoneCheck
from jingkai.modules.windows.models import Appointment, Ticket
from tests.journeys.chromium import Camera, Visitor
from tests.journeys.people import Person
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

expect.set_options(timeout=20000)


def test_a_morning_in_the_hall(zone: tuple[Zone, Outside]) -> None:
    """The story of a visitor, a clerk and the hall's manager, in a real browser."""
    place, _outside = zone
    place.clock.set("2026-09-14 11:00")
    demo.seed(timezone.now())
    camera = Camera("hall")
    manager = place.person("dating")
    _machine_gives_a_number(manager, camera)
    _clerk_serves(place.person("chuangkou"), camera)
    _visitor_books(place, camera)
    _manager_looks(manager, camera)
    assert not camera.faults, "\n".join(camera.faults)


def _machine_gives_a_number(manager: Person, camera: Camera) -> None:
    """The manager makes the device a machine; a visitor finds the matter in own words."""
    page = manager.log_in("/windows/setup")
    camera.shoot(page, "setup")
    page.locator("#machine").fill("一号取号机")
    manager.press("将本设备设为取号机")
    camera.shoot(page, "kiosk")
    page = manager.go("/hall/kiosk/?q=开公司")
    camera.shoot(page, "kiosk-found", full=False)
    page.locator(".hall-topics a").first.click()
    page.wait_for_load_state("networkidle")
    camera.shoot(page, "kiosk-take")
    page.locator("#contact").fill("13812345678")
    page.get_by_role("button", name="取号").click()
    page.wait_for_load_state("networkidle")
    camera.shoot(page, "slip")


def _clerk_serves(clerk: Person, camera: Camera) -> None:
    """The next number is called, shown and spoken, served, and sent home with a list."""
    page = clerk.log_in("/windows/desk")
    camera.shoot(page, "desk-free")
    clerk.press("呼叫下一位")
    camera.shoot(page, "desk-called")
    screen = clerk.go("/hall/screen/")
    expect(screen.locator("tr.fresh")).to_be_visible()
    camera.shoot(screen, "screen", full=False)
    page = clerk.go("/windows/desk")
    clerk.press("开始办理")
    page.locator("[name=outcome][value=missing]").check()
    page.locator("details.more summary").click()
    page.locator("[name=lack]").first.fill("授权委托书")
    page.locator("[name=lack_what]").first.fill("需加盖公章")
    clerk.press("办结")
    camera.shoot(page, "missing")
    page = clerk.go("/windows/handovers/new")
    camera.shoot(page, "hand-over")
    clerk.press("签字交班")
    camera.shoot(page, "hand-over-sheet")
    clerk.close()


def _visitor_books(place: Zone, camera: Camera) -> None:
    """A slot is chosen in the calendar and the phone proven; no account is needed."""
    visitor = Visitor(place.browser, place.base)
    page = visitor.go("/appointments/?q=消防")
    camera.shoot(page, "appointments")
    page = visitor.go("/appointments/for/fire/")
    camera.shoot(page, "slots")
    page.locator("details.slots, .slots details").nth(1).locator("summary").click()
    page.locator(".slots details").nth(1).locator("input:not([disabled])").first.check()
    page.locator("[name=name]").fill("吴访客")
    page.locator("[name=phone]").fill("13700001111")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="发送验证码并继续").click()
    page.wait_for_load_state("networkidle")
    code = PhoneCheck.objects.latest("pk").code
    page.locator("[name=code]").fill(str(code))
    page.get_by_role("button", name="预约", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert Appointment.objects.latest("pk").name == "吴访客"
    camera.shoot(page, "my-appointment")
    ticket = Ticket.objects.filter(state="waiting").first()
    assert ticket is not None
    camera.shoot(visitor.go(f"/hall/tickets/{ticket.token}/"), "follow")
    visitor.close()


def _manager_looks(manager: Person, camera: Camera) -> None:
    """The hall now, its month, the list behind a figure, the rota and its gaps."""
    for name in ("board", "statistics", "tickets", "appointments", "rota", "rota/plan", "rota/import"):
        camera.shoot(manager.go(f"/windows/{name}"), name.replace("/", "-"))
    manager.close()
