"""A real Chromium: visitors with browsers of their own, a camera that looks closely, a settable clock."""

from __future__ import annotations

import base64
import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Download,
    Locator,
    Page,
    Request,
    TimeoutError,
)

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

AT_REST = "() => !document.querySelector('.htmx-request') && document.fonts.status === 'loaded'"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ZONE = ZoneInfo("Asia/Shanghai")
PICTURES = Path(__file__).resolve().parents[2] / "build" / "journeys"
AXE = {"resultTypes": ["violations"], "preload": False, "iframes": False}
"""No page plays sound, locks the way a phone is held, or shows another one within: nothing to fetch for."""
COLOURS = Path(__file__).with_name("colours.js").read_text(encoding="utf-8")
"""What contrast depends on, for all text that shows: its colour, its size and weight, and what lies under."""
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
EVERY_VIEW = (("zh-hans", DESK), ("zh-hans", PHONE), ("en", DESK), ("en", PHONE))
EVERY = os.environ.get("JOURNEY_VIEWS") == "every"
TURNS = EVERY_VIEW[::3]
"""As axe sees pages: wide in Chinese, narrow in English. In a test run a page is seen in one of them: wide
where the story goes on, narrow where it is left."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
SYSTEM_FONTS = "--disable-remote-fonts"
"""The pages' own font is that of the system, which need not be fetched and unpacked by each new visitor."""


def chromium() -> str:
    """The browser of the system; the shell is the same engine without windows, for a third less work."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail("no Chromium was found; `make test` installs it on Debian and Ubuntu")


@dataclass
class Clock:
    """The clock of the server: set it, and every page lives at that moment."""

    traveller: Any = None

    def set(self, text: str) -> datetime:
        """Set the clock to a moment of the zone, such as `2026-09-14 09:00`."""
        self.stop()
        moment = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        self.traveller = time_machine.travel(moment, tick=True)
        self.traveller.start()
        return moment

    def stop(self) -> None:
        """Let it be now again."""
        if self.traveller is not None:
            self.traveller.stop()
        self.traveller = None


@dataclass
class Camera:
    """Takes pictures of a page in both languages, wide and narrow, and lets axe look at it."""

    story: str
    faults: list[str] = field(default_factory=list)
    counter: int = 0
    measured: set[tuple[Any, ...]] = field(default_factory=set)
    """The colours, sizes and grounds of text whose contrast was measured on an earlier page of the story."""
    anew: bool = False
    """Load each page again before its first picture: what was just typed into it saves itself."""
    every: bool = EVERY
    """All four views of each page, with a picture of each; in a test run one view and no picture."""

    def shoot(self, page: Page, name: str, *, full: bool = True, leaving: bool = False) -> None:
        """Look at the open page in each view; axe sees it wide in Chinese and narrow in English.

        Contrast, most of axe's work, is measured only where text wears what none has worn before: a colour
        is the same on a phone and on the next page.

        `leaving`: the page is left next, so it need not be brought back into Chinese.
        """
        self.counter += 1
        kept = page.viewport_size
        views = EVERY_VIEW if self.every else (TURNS[leaving],)
        if self.every and self.anew and views[0][0][:2] == self._said(page):
            page.reload(wait_until="load")
            be_at_rest(page)
        for language, size in views:
            self._turn(page, language, size)
            where = f"{name} {language} {size['width']}"
            if self.every:
                name_of_file = f"{self.counter:02}-{name}-{language[:2]}-{size['width']}.png"
                take_picture(page, PICTURES / self.story / name_of_file, full=full)
            self._check(page, where, language)
            if (language, size) in TURNS:
                self._axe(page, where)
        if leaving:
            self._speak(page, "zh-hans")
            page.set_viewport_size(kept or DESK)
        else:
            self._turn(page, "zh-hans", kept or DESK)

    def _turn(self, page: Page, language: str, size: Any) -> None:
        """Show the page in a language at a size; only another language and a wider window need it anew."""
        wider = (page.viewport_size or DESK)["width"] < size["width"]
        if page.viewport_size != size:
            page.set_viewport_size(size)
        if self._said(page) == language[:2] and not wider:
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            return
        self._speak(page, language)
        page.reload(wait_until="load")
        be_at_rest(page)

    def _speak(self, page: Page, language: str) -> None:
        host = urlsplit(page.url).hostname or "localhost"
        cookie = {"name": "django_language", "value": language, "domain": host, "path": "/"}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    def _said(self, page: Page) -> str:
        return (page.locator("html").get_attribute("lang") or "").lower()[:2]

    def _check(self, page: Page, where: str, language: str) -> None:
        overflow = page.evaluate(OVERFLOW)
        if overflow > 1:
            self.faults.append(f"{where}: the page is {overflow} px wider than the screen")
        if self._said(page) != language[:2]:
            self.faults.append(f"{where}: the page says lang={self._said(page)}")

    def _axe(self, page: Page, where: str) -> None:
        worn = {tuple(one) for one in page.evaluate(COLOURS)}
        asked = {**AXE, "rules": {"color-contrast": {"enabled": bool(worn - self.measured)}}}
        self.measured |= worn
        page.evaluate(Axe().axe_script)
        for violation in page.evaluate(f"axe.run({json.dumps(asked)}).then(found => found.violations)"):
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            self.faults.append(f"{where}: {violation['id']} {violation['help']} {json.dumps(nodes)}")


def take_picture(page: Page, path: Path, *, full: bool) -> None:
    """Keep a picture of the page, or of what is in sight; packed for speed, not for size.

    The line to the page stays open: its end would take away what another line set up, such as an
    authenticator.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = _LINES.get(page) or _LINES.setdefault(page, page.context.new_cdp_session(page))
    asked: dict[str, Any] = {"format": "png", "optimizeForSpeed": True}
    if full:
        size = line.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        asked |= {"captureBeyondViewport": True, "clip": clip}
    path.write_bytes(base64.b64decode(line.send("Page.captureScreenshot", asked)["data"]))


_LINES: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def be_at_rest(page: Page) -> None:
    """Wait until the parts that the page fetches for itself have come."""
    page.wait_for_function(AT_REST)


def click(target: Locator) -> None:
    """Click, and wait until what the click began is done: the next page is there, or the changed part.

    A browser reports a page as loaded until the next one begins to arrive, so "loaded" just after a click
    says nothing: the old page is told apart by a mark.
    """
    page = target.page
    asked: list[Request] = []
    saved: list[Download] = []

    def note(request: Request) -> None:
        if request.is_navigation_request():
            asked.insert(0, request)
        else:
            asked.append(request)

    def take(download: Download) -> None:
        saved.append(download)

    page.on("request", note)
    page.on("download", take)
    page.evaluate("window.clickedHere = true")
    target.click()
    for _ in range(25):
        if asked:
            break
        page.wait_for_timeout(20)
    page.wait_for_timeout(50)
    if asked and asked[0].is_navigation_request():
        _leave(page, saved)
    page.remove_listener("request", note)
    page.remove_listener("download", take)
    page.wait_for_load_state("load")
    be_at_rest(page)


def _leave(page: Page, saved: list[Download]) -> None:
    """Wait until the next page is there, or a file came instead; a minute at most."""
    for _ in range(30):
        try:
            page.wait_for_function("window.clickedHere !== true", timeout=2000)
        except TimeoutError:
            if not saved:
                continue
        return
    raise AssertionError(f"nothing followed the click on {page.url}")


class Visitor:
    """A person at a browser of their own."""

    def __init__(self, browser: Browser, base: str, *, phone: bool = False) -> None:
        self.base = base
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESK, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, path: str) -> Page:
        """Open a page of the zone."""
        self.page.goto(self.base + path, wait_until="load")
        be_at_rest(self.page)
        return self.page

    def close(self) -> None:
        """Leave; a script error on any page is a fault."""
        self.context.close()
        assert not self.errors, self.errors
