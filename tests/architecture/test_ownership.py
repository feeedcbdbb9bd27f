"""A right is not enough: a page about a thing tells nothing to others of equal rights."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from http.cookies import SimpleCookie
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.testing import refusals_unnoted
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals.testing import Hall
from tests.architecture.guards import AS_A_PROGRAM, leads_to_login
from tests.architecture.objects import DOUBLED, ELSEWHERE, Guard, guards, watched, weakened
from tests.architecture.pages import Page, all_pages
from tests.architecture.policy import faults_of
from tests.architecture.things import BY_RIGHT_ALONE, OWNED, TODAY, Owned, make_things
from tests.architecture.tree import ROOT

TELLS_NOTHING = (403, 404)
METHODS = ("GET", "POST", "PUT")
FEWEST = 180
"""So many guards at least; fewer would mean that they are no longer found."""
PART = int(os.environ.get("GUARDS_PART", "4"))
"""One in so many guards of things is taken away in a run."""
Place = tuple[str, str]


@cache
def seed() -> int:
    """Another number with every change of any guard; to find them all takes seconds, so not at collection."""
    return crc32("\n".join(map(str, guards())).encode())


def pages_about_things() -> list[Page]:
    return [page for page in all_pages() if "uuid" in page.parameters.values()]


def test_every_page_about_a_thing_says_whose_it_is() -> None:
    unsaid = [
        f"{page} /{page.route}"
        for page in pages_about_things()
        if page.name not in OWNED and not page.route.startswith(BY_RIGHT_ALONE)
    ]
    assert unsaid == []


def test_what_is_said_about_guards_is_about_guards_that_exist() -> None:
    assert {*DOUBLED, *ELSEWHERE} - {guard.name for guard in guards()} == set()
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).is_file()] == []
    assert len(guards()) >= FEWEST


def test_the_table_names_pages_that_exist() -> None:
    assert set(OWNED) - {page.name for page in pages_about_things()} == set()


@pytest.mark.django_db
def test_walk_every_thing_as_its_owner_as_others_and_as_a_visitor(
    hall: Hall, record_property: Callable[[str, object], None]
) -> None:
    """The walk, and behind it the same refusals again with a part of the guards of things gone."""
    walk = Walk(hall)
    hall.travel(timezone.now(), tick=False)  # else each session notes every minute that it is in use
    with refusals_unnoted():
        wrong = walk.once()
        assert not wrong, "\n".join(wrong)
        chosen = [guard for guard in walk.asked_guards() if is_chosen(guard)]
        survived = [str(guard) for guard in chosen if not walk.notices(guard)]
    record_property("guards", f"{len(chosen)} of {len(walk.asked_guards())}, seed {seed()}")
    assert not survived, "\n".join(survived)


class Walk:
    """Every thing, everybody who must not see it, and which guards were asked before they were refused."""

    def __init__(self, hall: Hall) -> None:
        self.things = make_things(hall)
        self.pages = {page.name: page for page in pages_about_things()}
        names = {who for owned in OWNED.values() for who in (*owned.intruders, owned.owner)}
        self.people = {who: cookies_of(hall, who) for who in names}
        self.client = Client(raise_request_exception=False, headers=AS_A_PROGRAM)
        self.refusals: dict[Place, dict[str, list[tuple[str, str]]]] = {}

    def once(self) -> list[str]:
        """Walk all of it; gives what is wrong."""
        asked: set[Place] = set()
        with watched({guard.place for guard in guards()}, asked):
            return [fault for name, owned in OWNED.items() for fault in self._at(name, owned, asked)]

    def _at(self, name: str, owned: Owned, asked: set[Place]) -> Iterator[str]:
        for who in (*owned.intruders, owned.owner, ""):
            statuses = {}
            for method in METHODS if who in (owned.owner, owned.intruders[0], "") else METHODS[:2]:
                asked.clear()
                statuses[method] = self.answer(name, who, method)
                if who != owned.owner and method != "PUT":
                    for place in asked:
                        self.refusals.setdefault(place, {}).setdefault(name, []).append((who, method))
            if fault := judge(who, owned, statuses):
                yield f"{name} as {who or 'visitor'}: {statuses} {fault}"

    def answer(self, name: str, who: str, method: str) -> int | str:
        """Ask one page as one person."""
        path = self.pages[name].path(values(OWNED[name], self.things))
        return ask(self.client, self.people.get(who), method, path)

    def asked_guards(self) -> list[Guard]:
        """The guards that were asked before somebody was refused, without those that another one doubles."""
        aside = {*DOUBLED, *ELSEWHERE}
        return [guard for guard in guards() if guard.place in self.refusals and guard.name not in aside]

    def notices(self, guard: Guard) -> bool:
        """Whether anybody is told what is not theirs, once this guard is gone."""
        with weakened(guard):
            return any(
                judge(who, OWNED[name], {method: self.answer(name, who, method)})
                for name, who, method in self.attempts(guard.place)
            )

    def attempts(self, place: Place) -> Iterator[tuple[str, str, str]]:
        """The refusals in which it was asked: one of each page first, then the next of each."""
        left = {name: list(tries) for name, tries in self.refusals[place].items()}
        while left:
            for name, tries in list(left.items()):
                yield (name, *tries.pop(0))
                if not tries:
                    del left[name]


def is_chosen(guard: Guard) -> bool:
    """One of `PART` guards, another part with every change of any; all of them in the drill."""
    return PART == 1 or crc32(f"{seed()} {guard}".encode()) % PART == 0


def values(owned: Owned, things: dict[str, Any]) -> dict[str, Any]:
    """What stands in the address: the thing's number, and the further parts."""
    more = {key: things[value].uuid if value in things else value for key, value in owned.more.items()}
    return {"uuid": things[owned.thing].uuid, **more}


def cookies_of(hall: Hall, who: str) -> tuple[Any, Any]:
    """One person's log-in: the account and the cookies of a session."""
    client = Client()
    user = log_in(client, hall.actor(who, TODAY))
    client.get("/notices/")  # the session notes once that it is in use
    return user, client.cookies


def ask(client: Client, person: tuple[Any, Any] | None, method: str, path: str) -> int | str:
    """Ask as one person and take back whatever the page did."""
    user, cookies = person or (None, SimpleCookie())
    client.cookies = cookies.copy()
    with transaction.atomic():
        data = with_token(user=user) if method == "POST" else {}
        response = client.post(path, data) if method == "POST" else client.generic(method, path)
        transaction.set_rollback(True)
    if response.status_code == 200 and (faults := faults_of(response)):
        return f"{faults}"
    return "login" if leads_to_login(response) else response.status_code


def judge(who: str, owned: Owned, statuses: dict[str, int | str]) -> str:
    """What is wrong with the answers, or nothing."""
    told = [status for status in statuses.values() if status != 405]
    if any(isinstance(status, int) and status >= 500 for status in told):
        return "the page broke"
    if any(isinstance(status, str) and status != "login" for status in told):
        return "the page breaks the content policy"
    if who == owned.owner:
        return "" if any(status not in TELLS_NOTHING for status in told) else "its owner is refused"
    allowed = TELLS_NOTHING if who else ("login", 401, *TELLS_NOTHING)
    return "" if all(status in allowed for status in told) else "told somebody else's thing"
