"""The people of a journey at their browsers: how each logs in, and the acts that recur."""

from __future__ import annotations

from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from jingkai.config.seeding import DemoPeople
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import BACKEND
from tests.journeys.chromium import Visitor, click


class Person(Visitor):
    """Somebody with a login."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        people: DemoPeople,
        login: str,
        *,
        ways: set[bool],
        phone: bool = False,
    ) -> None:
        super().__init__(browser, base, phone=phone)
        self.people, self.name, self.ways = people, login, ways
        """The ways of logging in that the story has shown: without a second factor, with one."""

    def log_in(self, path: str = "/") -> Page:
        """Log in and open a page: by the form where the story has not shown the person's way of doing so."""
        way = self.name in self.people.totp_secrets
        if way in self.ways:
            self._be_logged_in()
        else:
            self._log_in_by_form()
        self.ways.add(way)
        return self.go(path)

    def _be_logged_in(self) -> None:
        client = Client()
        client.force_login(User.objects.get(username=self.name), backend=BACKEND)
        kept = client.cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": kept.key, "value": kept.value, "url": self.base}])

    def _log_in_by_form(self) -> None:
        cache.clear()
        page = self.go("/accounts/login/")
        page.locator("input[name=login]").fill(self.name)
        page.locator("input[name=password]").fill(self.people.password(self.name))
        click(page.locator("main button.btn-primary"))
        for _again in range(3):  # on a busy machine a code may be over before it arrives
            if "/2fa/authenticate" not in page.url:
                break
            page.locator("input[name=code]").fill(self.code())
            click(page.locator("main button.btn-primary").first)
        is_in = "/accounts/login" not in page.url and "/2fa/" not in page.url
        assert is_in, page.locator("main").inner_text()

    def code(self) -> str:
        """What the person's authenticator app shows; each code counts once."""
        return totp(self.people.totp_secrets[self.name])

    def press(self, name: str) -> Page:
        """Press a button or link by its words and wait for the next page."""
        main = self.page.locator("main")
        button = main.get_by_role("button", name=name, exact=True)
        target = button if button.count() else main.get_by_role("link", name=name, exact=True)
        click(target.first)
        return self.page

    def open_task_after_login(self, reference: str) -> Page:
        """Log in and open the matter."""
        self.log_in("/desk/")
        return self.open_task(reference)

    def open_task(self, reference: str) -> Page:
        """From the desk, take the matter out of the pool where it lies there, and open it."""
        page = self.go("/desk/?tab=pool")
        row = page.locator("tr", has_text=reference)
        if row.count():
            click(row.first.get_by_role("button", name="领取"))
        page = self.go("/desk/")
        click(page.locator("tr", has_text=reference).first.get_by_role("link").first)
        expect(page.get_by_text(reference).first).to_be_visible()
        return page


def totp(secret: str) -> str:
    """The one-time code of this moment."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def upload(page: Page, material: str, path: Path) -> None:
    """Choose a file for a material and wait until it has arrived."""
    item = page.locator("ul.materials > li", has_text=material).first
    item.locator("input[type=file]").set_input_files(str(path))
    expect(item.locator("li.file a", has_text=path.stem).first).to_be_visible(timeout=20000)
    expect(item.locator(".material-head .light")).to_have_text("已上传")
