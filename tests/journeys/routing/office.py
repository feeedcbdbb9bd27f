"""The office of the story: its people stay logged in, and each act is done on the pages that offer it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from playwright.sync_api import Locator, Page, expect

from jingkai.casework.cases.models import Case, Task
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.parties.models import Party
from tests.journeys.chromium import Camera
from tests.journeys.people import Person
from tests.journeys.zone import Zone


@dataclass
class Office:
    """Everybody at their desks, and the camera."""

    zone: Zone
    camera: Camera
    people: dict[str, Person] = field(default_factory=dict)

    def at(self, login: str, path: str) -> Page:
        """Give somebody's browser with a page open, logging in where the session is over."""
        person = self.people.get(login)
        if person is None:
            person = self.people[login] = self.zone.person(login)
            return person.log_in(path)
        page = person.page
        page.goto(person.base + path, wait_until="load")
        return person.log_in(path) if "/accounts/login" in page.url else page

    def who(self, login: str) -> Person:
        """Give a person who has been at a page before."""
        return self.people[login]

    def on(self, text: str) -> None:
        """Let the clock stand at another moment, with the background work of the time between done."""
        self.zone.clock.set(text)
        cache.clear()
        run_jobs()

    def case(self, login: str, case: Case) -> Page:
        """Open a case."""
        return self.at(login, f"/cases/{case.uuid}/")

    def decide(self, login: str, case: Case, step: str, button: str, words: str = "") -> Page:
        """Finish a step on the case page, claiming it first where it lies in a pool."""
        page = self.case(login, case)
        if (claim := _panel(page, step).get_by_role("button", name="领取", exact=True)).count():
            _press(page, claim)
        panel = _panel(page, step)
        if words:
            panel.locator("textarea").fill(words)
        _press(page, panel.get_by_role("button", name=button, exact=True))
        return page

    def claim(self, login: str, case: Case, step: str) -> Page:
        """Take a step out of the pool."""
        page = self.case(login, case)
        _press(page, _panel(page, step).get_by_role("button", name="领取", exact=True))
        return page

    def ask(self, login: str, case: Case, link: str, button: str, **fields: str) -> Page:
        """Open an act's question from the case page, answer it in the dialog and confirm."""
        page = self.case(login, case)
        page.locator("main").get_by_role("link", name=link, exact=True).first.click()
        dialog = page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        for name, value in fields.items():
            _fill(dialog, name, value)
        _press(page, dialog.get_by_role("button", name=button, exact=True))
        return page

    def leave(self) -> None:
        """Everybody goes home."""
        for person in self.people.values():
            person.close()


def _panel(page: Page, step: str) -> Locator:
    return page.locator("section[id^=task-]").filter(has=page.locator("h2", has_text=step)).first


def _press(page: Page, button: Locator) -> None:
    with page.expect_navigation(wait_until="load"):
        button.first.click()


def _fill(form: Locator, name: str, value: str) -> None:
    radio = form.locator(f"input[type=radio][name={name}][value='{value}']")
    if radio.count():
        radio.check()
    elif form.locator(f"select[name={name}]").count():
        form.locator(f"select[name={name}]").select_option(value)
    else:
        form.locator(f"[name={name}]").fill(value)


def number_of(name: str) -> str:
    """Give the number under which forms offer a person."""
    return str(Party.objects.get(name=name, kind="person").pk)


def open_steps(case: Case) -> dict[str, list[str]]:
    """Tell where a case stands: each open step with who has it, or whose pool it lies in."""
    found: dict[str, list[str]] = {}
    rows: Any = Task.objects.filter(case=case, state="open").select_related("assignee", "pool")
    for row in rows.order_by("pk"):
        party = row.assignee or row.pool
        found.setdefault(row.node_id, []).append(party.name if party else "")
    return found
