"""A right is not enough: a page about a thing tells nothing to others of equal rights."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.testing import refusals_unnoted
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals.testing import Hall
from tests.architecture.guards import AS_A_PROGRAM, leads_to_login
from tests.architecture.pages import Page, all_pages
from tests.architecture.policy import faults_of
from tests.architecture.things import BY_RIGHT_ALONE, OWNED, TODAY, Owned, make_things

TELLS_NOTHING = (403, 404)
METHODS = ("GET", "POST", "PUT")


def pages_about_things() -> list[Page]:
    return [page for page in all_pages() if "uuid" in page.parameters.values()]


def test_every_page_about_a_thing_says_whose_it_is() -> None:
    unsaid = [
        f"{page} /{page.route}"
        for page in pages_about_things()
        if page.name not in OWNED and not page.route.startswith(BY_RIGHT_ALONE)
    ]
    assert unsaid == []


def test_the_table_names_pages_that_exist() -> None:
    assert set(OWNED) - {page.name for page in pages_about_things()} == set()


@pytest.mark.django_db
def test_walk_every_thing_as_its_owner_as_others_and_as_a_visitor(hall: Hall) -> None:
    things = make_things(hall)
    pages = {page.name: page for page in pages_about_things()}
    people = {
        who: cookies_of(hall, who) for owned in OWNED.values() for who in (*owned.intruders, owned.owner)
    }
    hall.travel(timezone.now(), tick=False)  # else each session notes every minute that it is in use
    client, wrong = Client(raise_request_exception=False, headers=AS_A_PROGRAM), []
    with refusals_unnoted():
        for name, owned in OWNED.items():
            path = pages[name].path(values(owned, things))
            for who in (*owned.intruders, owned.owner, ""):
                methods = METHODS if who in (owned.owner, owned.intruders[0], "") else METHODS[:2]
                statuses = {method: ask(client, people.get(who), method, path) for method in methods}
                if fault := judge(who, owned, statuses):
                    wrong.append(f"{name} as {who or 'visitor'}: {statuses} {fault}")
    assert not wrong, "\n".join(wrong)


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
