"""An officer sets a passkey up on a device, leaves, and comes back in by it alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from jingkai.kernel.accounts.testing import PASSWORD, login_of
from jingkai.kernel.organisation.testing import Cast
from tests.journeys.chromium import Camera, Visitor, click

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_an_officer_comes_in_by_a_passkey(cast: Cast, browser: Browser, live_server: Any) -> None:
    user, camera = login_of(cast.clerk), Camera("passkeys")
    officer = Visitor(browser, live_server.url)
    refused: list[str] = []
    officer.page.on(
        "console", lambda said: refused.append(said.text) if "Content Security" in said.text else None
    )
    device = officer.context.new_cdp_session(officer.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page = officer.go("/accounts/login/")
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    click(page.locator("main button.btn-primary"))
    camera.shoot(officer.go("/accounts/2fa/"), "second-factor")
    camera.shoot(officer.go("/accounts/2fa/passkeys/add/"), "set-up")
    page.locator("input[name=name]").fill("我的手机")
    page.get_by_role("button", name="设置", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/accounts/2fa/recovery-codes/")
    camera.shoot(officer.go("/accounts/2fa/passkeys/"), "list")
    click(officer.go("/accounts/").locator("main form button", has_text="退出"))
    camera.shoot(officer.go("/accounts/login/"), "log-in")
    page.get_by_role("button", name="使用通行密钥登录").click()
    expect(page).to_have_url(f"{live_server.url}/desk/")
    officer.go("/accounts/2fa/passkeys/")
    click(page.get_by_role("link", name="移除 我的手机"))
    camera.shoot(page, "remove")
    click(page.locator("main button.btn-danger"))
    expect(page.locator("main")).not_to_contain_text("移除 我的手机")
    officer.close()
    assert camera.faults == []
    assert refused == []
