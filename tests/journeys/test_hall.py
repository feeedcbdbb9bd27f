"""A morning in the hall: a number, a call on the screen, a visit, an appointment, the manager's board."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jingkai.config.demo import windows as demo
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.notices.models import PhoneCheck
from jingkai.modules.evaluations.models import Evaluation
from jingkai.modules.windows.models import Appointment, Ticket
from tests.journeys.chromium import Camera, Visitor, click
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
    _clerk_serves(place, camera)
    _visitor_books(place, camera)
    _manager_looks(manager, camera)
    assert not camera.faults, "\n".join(camera.faults)


def _machine_gives_a_number(manager: Person, camera: Camera) -> None:
    """The manager makes the device a machine; a visitor finds the matter in own words."""
    page = manager.log_in("/windows/setup")
    page.locator("#machine").fill("一号取号机")
    manager.press("将本设备设为取号机")
    page = manager.go("/hall/kiosk/?q=开公司")
    click(page.locator(".hall-topics a").first)
    camera.shoot(page, "kiosk-take")
    page.locator("#contact").fill("13812345678")
    click(page.get_by_role("button", name="取号"))
    camera.shoot(page, "slip")


def _clerk_serves(place: Zone, camera: Camera) -> None:
    """The next number is called and shown, served, sent home with a list, and asked how it was."""
    clerk = place.person("chuangkou2")
    page = clerk.log_in("/windows/desk")
    clerk.press("呼叫下一位")
    camera.shoot(page, "desk-called")
    called = Ticket.objects.get(state="called").number
    screen = clerk.go("/hall/screen/")
    expect(screen.locator("tr[data-call]").first).to_contain_text(called)
    camera.shoot(screen, "screen", full=False)
    page = clerk.go("/windows/desk")
    clerk.press("开始办理")
    page.locator("[name=outcome][value=missing]").check()
    page.locator("details.more summary").click()
    page.locator("[name=lack]").first.fill("授权委托书")
    page.locator("[name=lack_what]").first.fill("需加盖公章")
    clerk.press("办结")
    expect(page.get_by_text("需加盖公章").first).to_be_visible()
    place.meanwhile(run_jobs)
    page = clerk.go("/evaluations/onsite/window/")
    expect(page.locator("main svg").first).to_be_visible()
    camera.shoot(page, "rating-screen")
    _visitor_rates(place)
    page = clerk.go("/evaluations/onsite/window/")
    expect(page.get_by_text("本次服务已评价").first).to_be_visible()
    clerk.go("/windows/handovers/new")
    clerk.press("签字交班")
    clerk.close()


def _visitor_rates(place: Zone) -> None:
    """The page behind the slip's code shows what to bring, and leads to the rating."""
    served = Ticket.objects.filter(state="done").latest("ended_at")
    visitor = Visitor(place.browser, place.base, phone=True)
    page = visitor.go(f"/hall/tickets/{served.token}/")
    expect(page.get_by_text("授权委托书").first).to_be_visible()
    click(page.get_by_role("link", name="评价本次服务"))
    page.get_by_label("满意", exact=True).check(force=True)
    click(page.get_by_role("button", name="提交评价"))
    assert Evaluation.objects.get(ticket=served.visit_key).level == 4
    visitor.close()


def _visitor_books(place: Zone, camera: Camera) -> None:
    """A slot is chosen in the calendar and the phone proven; no account is needed."""
    visitor = Visitor(place.browser, place.base)
    visitor.go("/appointments/?q=消防")
    page = visitor.go("/appointments/for/fire/")
    camera.shoot(page, "slots")
    page.locator("details.slots, .slots details").nth(1).locator("summary").click()
    page.locator(".slots details").nth(1).locator("input:not([disabled])").first.check()
    page.locator("[name=name]").fill("吴访客")
    page.locator("[name=phone]").fill("13700001111")
    page.locator("[name=consent]").check()
    click(page.get_by_role("button", name="发送验证码并继续"))
    code = PhoneCheck.objects.latest("pk").code
    page.locator("[name=code]").fill(str(code))
    click(page.get_by_role("button", name="预约", exact=True))
    assert Appointment.objects.latest("pk").name == "吴访客"
    camera.shoot(page, "my-appointment")
    visitor.close()


def _manager_looks(manager: Person, camera: Camera) -> None:
    """The hall now, the rota and its gaps; its month, the tickets and the appointments are there."""
    for name in ("statistics", "tickets", "appointments", "rota/plan", "rota/import"):
        expect(manager.go(f"/windows/{name}").locator("main h1").first).to_be_visible()
    for name in ("board", "rota"):
        camera.shoot(manager.go(f"/windows/{name}"), name)
    manager.close()
