"""The zone among the platforms outside: a resident signs in with a proven identity, 12345 is answered."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import expect

from jingkai.config.demo import identities as connected
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.exchange.api import serving
from jingkai.kernel.federation.connectors import oidc
from jingkai.kernel.federation.standins import Platform
from jingkai.modules.approvals.api import receive_order
from jingkai.modules.approvals.connectors.platform_standin import ITEMS
from jingkai.modules.approvals.testing import Platforms
from tests.journeys.chromium import Camera, Visitor, click
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ORDER = {
    "orderNumber": "GD20260914001",
    "title": "企业反映门前道路夜间照明不足",
    "content": "兴业大道 66 号门前路灯不亮，员工下夜班不便。",
    "callerName": "赵志强",
    "callerPhone": "13800000000",
    "createdAt": "2026-09-14T08:30:00+08:00",
}


def test_a_resident_signs_in_with_a_proven_identity_and_leaves(zone: tuple[Zone, Outside]) -> None:
    """There, back, a login with consent, the own page, and out of both."""
    place, _outside = zone
    camera, platform = Camera("unified-login"), Platform(secret="demo")
    oidc.forget()
    with (
        serving(platform) as address,
        override_settings(UNIFIED_LOGIN_URL=address, UNIFIED_LOGIN_SECRET="demo"),
    ):
        platform.issuer = address
        connected.seed(timezone.now())
        visitor = Visitor(place.browser, place.base)
        page = visitor.go("/accounts/login/")
        camera.shoot(page, "log-in")
        click(page.get_by_role("link", name="统一身份认证"))
        expect(page.get_by_role("heading")).to_contain_text("统一身份认证")
        page.get_by_role("link", name="张晓岚").click()
        page.wait_for_url("**/accounts/unified-first/")
        camera.shoot(page, "first-time")
        page.locator("input[name=agreed]").check()
        click(page.get_by_role("button", name="开通账号并登录"))
        expect(page.locator("main")).to_contain_text("张晓岚")
        camera.shoot(page, "own-account")
        click(page.locator("main form[action='/accounts/logout/'] button"))
        expect(page.get_by_role("link", name="退出统一身份认证")).to_be_visible()
        camera.shoot(page, "signed-out", leaving=True)
        visitor.close()
        admin = place.person("secadmin")
        page = admin.log_in("/system/unified")
        camera.shoot(page, "platforms")
        click(page.locator("main table a").first)
        camera.shoot(page, "platform")
        click(page.locator("main a[href$='/edit']"))
        camera.shoot(page, "platform-form", leaving=True)
        admin.close()
    assert not camera.faults, "\n".join(camera.faults)


def test_what_comes_from_outside_is_seen_before_it_counts(zone: tuple[Zone, Outside]) -> None:
    """Items of the province as a preview; a work order as a case; the health of every platform in words."""
    place, _outside = zone
    camera = Camera("outside-systems")
    standin = Platforms("demo", "secret", items=list(ITEMS))
    with serving(standin) as address:
        ways = {
            f"{name}_{part}": value
            for name in ("HALL", "PROJECTS", "HOTLINE")
            for part, value in (("URL", address), ("KEY", "demo"), ("SECRET", "secret"))
        }
        with override_settings(**ways):
            _province(place, camera)
            _work_order(place, camera)
            _health(place, camera)
    assert not camera.faults, "\n".join(camera.faults)


def _province(place: Zone, camera: Camera) -> None:
    editor = place.person("shixiang")
    page = editor.log_in("/approvals/items/import/")
    camera.shoot(page, "import")
    click(page.locator("form[action$='/fetch/'] button"))
    expect(page.locator("main")).to_contain_text("省政务服务平台")
    camera.shoot(page, "preview", leaving=True)
    editor.close()


def _work_order(place: Zone, camera: Camera) -> None:
    receive_order(order=ORDER, at=timezone.now())
    run_jobs()
    head = place.person("chuangkou")
    page = head.open_task_after_login("12345")
    camera.shoot(page, "work-order")
    page.locator("form[action$='/work-order/answer/'] textarea").fill("路灯已修复。")
    click(page.locator("form[action$='/work-order/answer/'] button"))
    run_jobs()
    page.reload(wait_until="load")
    camera.shoot(page, "answered", leaving=True)
    head.close()


def _health(place: Zone, camera: Camera) -> None:
    admin = place.person("sysadmin")
    admin.log_in("/health/")
    for path, name in (
        ("/health/", "health"),
        ("/system/exchange", "journal"),
        ("/system/tokens", "tokens"),
        ("/system/tokens/new", "token-form"),
        ("/system/webhooks", "webhooks"),
        ("/api/v1/", "reference"),
    ):
        camera.shoot(admin.go(path), name, leaving=True)
    page = admin.go("/system/exchange")
    click(page.locator("main table a").first)
    camera.shoot(page, "exchange", leaving=True)
    admin.close()
