"""Every address says who may open it, and means it: walked with every method, as every role.

One matrix decides (`docs/security/access.csv`). A page that a person may not open is refused before anything
else is looked at: an address that names nothing answers 403 (or the log-in page), never 404, to those who
have no right to know. The walk asks the guards alone; one request in twenty goes all the way to the page.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in, login_of
from jingkai.kernel.audit.testing import refusals_unnoted
from jingkai.kernel.organisation.testing import OTHERS, STAFF, Cast
from jingkai.kernel.permissions.api import VISITOR, Access, Actor, all_permissions
from tests.architecture.guards import AS_A_PROGRAM, Person, asking_guards, faults, judge
from tests.architecture.matrix import declared, grants, matrix, may_be_opened_by, rights_of_roles, same
from tests.architecture.pages import all_pages

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OFFICERS = {line[-1]: line[0] for line in reversed(STAFF)}
"""One officer for every set of roles; two of one set see the same."""
ROLES = ["visitor", *sorted(OFFICERS.values()), *(line[0] for line in OTHERS)]
PREFIXES_OF_OTHER_MAKERS = ("/accounts/", "/api/")
ANEW = "after an intended change: python -m tools.access"


def test_every_page_declares_who_may_open_it() -> None:
    assert [f"{page} /{page.route}" for page in all_pages() if page.access is None] == []


def test_the_matrix_and_the_guards_say_the_same() -> None:
    said, meant = declared(), matrix()
    assert sorted(said.keys() - meant.keys()) == [], f"addresses that the matrix does not know; {ANEW}"
    assert sorted(meant.keys() - said.keys()) == [], f"addresses that are no more; {ANEW}"
    wrong = {key: (said[key], meant[key]) for key in said if not same(said[key], meant[key])}
    assert wrong == {}, ANEW


def test_the_roles_begin_with_the_rights_that_the_matrix_names() -> None:
    assert rights_of_roles() == grants(), ANEW


def test_pages_of_other_makers_are_guarded_where_they_are_mounted() -> None:
    foreign = [page for page in all_pages() if not page.view.__module__.startswith("jingkai.")]
    assert [str(page) for page in foreign if not page.path().startswith(PREFIXES_OF_OTHER_MAKERS)] == []


def test_every_asked_right_is_declared() -> None:
    known = {permission.code for permission in all_permissions()}
    asked = {code for page in all_pages() if page.access for code in page.access.codes}
    assert asked - known == set()


def test_no_two_pages_share_a_name_or_an_address() -> None:
    pages = all_pages()
    assert len({page.route for page in pages}) == len(pages)
    named = [page.name for page in pages if page.name]
    assert len(set(named)) == len(named)


@pytest.fixture
def standing_clock() -> Iterator[None]:
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.parametrize("role", ROLES)
def test_walk_every_page_with_every_method(role: str, cast: Cast) -> None:
    """The guards alone: every address, every method, every role."""
    with asking_guards():
        found = faults(all_pages(), Person.of(actor_of(role, cast)), METHODS)
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("role", ROLES)
def test_one_request_in_twenty_goes_through_to_the_page(role: str, cast: Cast) -> None:
    """The whole way: session, log-in, guard, page."""
    actor, client = actor_of(role, cast), Client(raise_request_exception=False)
    if role != "visitor":
        log_in(client, actor)
        client.get("/notices/")  # the session notes once a minute that it is in use; the clock stands still
    cookies, wrong, walked = client.cookies.copy(), [], 0
    with refusals_unnoted():
        for page in all_pages():
            for method in METHODS:
                if not in_sample(role, method, page.route):
                    continue
                client.cookies = cookies.copy()
                with transaction.atomic():
                    response = client.generic(method, page.path(), headers=AS_A_PROGRAM)
                    transaction.set_rollback(True)
                walked += 1
                if verdict := judge(may_be_opened_by(page), actor, response):
                    wrong.append(f"{method} /{page.route}: {response.status_code} {verdict}")
    assert not wrong, "\n".join(wrong)
    assert walked > len(all_pages()) * len(METHODS) // 40


def actor_of(role: str, cast: Cast) -> Actor:
    """The person of a role, with the number of their login."""
    if role == "visitor":
        return VISITOR
    login_of(getattr(cast, role))
    actor: Actor = getattr(cast, role)
    return actor


def in_sample(role: str, method: str, route: str) -> bool:
    """Whether this request goes through to the page: always the same twentieth, another one for each role."""
    return zlib.crc32(f"{role} {method} {route}".encode()) % 20 == 0


@pytest.mark.parametrize(
    ("kind", "codes", "actor", "status", "fault"),
    [
        ("public", (), VISITOR, 200, ""),
        ("public", (), VISITOR, 500, "the page broke"),
        ("staff", (), VISITOR, 200, "opened to somebody without the right"),
        ("staff", (), VISITOR, 403, ""),
        ("staff", (), Actor(1, 1, "a", "enterprise"), 404, "opened to somebody without the right"),
        ("staff", (), Actor(1, 1, "a", "enterprise"), 403, ""),
        ("staff", (), Actor(1, 1, "a", "staff"), 404, ""),
        ("requires", ("x.do",), Actor(1, 1, "a", "staff"), 405, "opened to somebody without the right"),
        ("requires", ("x.do",), Actor(1, 1, "a", "staff", frozenset({"x.do"})), 405, ""),
    ],
)
def test_the_matrix_itself(kind: Any, codes: tuple[str, ...], actor: Actor, status: int, fault: str) -> None:
    assert judge(Access(kind, codes), actor, HttpResponse(status=status)) == fault
