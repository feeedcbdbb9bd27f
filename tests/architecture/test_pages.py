"""Every address says who may open it, and means it: walked with every method, as every role.

One matrix decides. A page that a person may not open is refused before anything else is looked at: an address
that names nothing answers 403 (or the log-in page), never 404, to those who have no right to know. The walk
stops behind the guard; one request in twenty goes through to the page.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.testing import refusals_unnoted
from jingkai.kernel.organisation.testing import OTHERS, STAFF, Cast
from jingkai.kernel.permissions.api import VISITOR, Access, Actor, all_permissions
from jingkai.kernel.permissions.testing import stopping_after_the_guard
from tests.architecture.pages import all_pages

METHODS = ("GET", "POST")
OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
"""No page has a rule of its own for these, so one person of each kind walks them."""
ONE_OF_EACH_KIND = ("visitor", "clerk", "handler", "stranger")
OFFICERS = {line[-1]: line[0] for line in reversed(STAFF)}
"""One officer for every set of roles; two of one set see the same."""
ROLES = ["visitor", *sorted(OFFICERS.values()), *(line[0] for line in OTHERS)]
AS_A_PROGRAM = {"Accept": "application/json"}
"""A refusal in a few bytes instead of a whole page."""
PREFIXES_OF_OTHER_MAKERS = ("/accounts/", "/api/")


def test_every_page_declares_who_may_open_it() -> None:
    assert [f"{page} /{page.route}" for page in all_pages() if page.access is None] == []


def test_pages_of_other_makers_are_guarded_where_they_are_mounted() -> None:
    foreign = [page for page in all_pages() if not page.view.__module__.startswith("jingkai.")]
    assert [str(page) for page in foreign if not page.path().startswith(PREFIXES_OF_OTHER_MAKERS)] == []


def test_every_asked_right_is_declared() -> None:
    declared = {permission.code for permission in all_permissions()}
    asked = {code for page in all_pages() if page.access for code in page.access.codes}
    assert asked - declared == set()


def test_no_two_pages_share_a_name_or_an_address() -> None:
    pages = all_pages()
    assert len({page.route for page in pages}) == len(pages)
    named = [page.name for page in pages if page.name]
    assert len(set(named)) == len(named)


@pytest.fixture
def standing_clock() -> Iterator[None]:
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("role", ROLES)
def test_walk_every_page_with_every_method(role: str, cast: Cast) -> None:
    actor: Actor = VISITOR if role == "visitor" else getattr(cast, role)
    client = Client(raise_request_exception=False)
    if actor.user_id is not None or role != "visitor":
        log_in(client, actor)
        client.get("/notices/")  # the session notes once a minute that it is in use; the clock stands still
    cookies = client.cookies.copy()
    wrong = []
    with stopping_after_the_guard(lambda request: in_sample(role, request)), refusals_unnoted():
        for page in all_pages():
            for method in METHODS + (OTHER_METHODS if role in ONE_OF_EACH_KIND else ()):
                client.cookies = cookies.copy()
                with transaction.atomic():
                    response = client.generic(method, page.path(), headers=AS_A_PROGRAM)
                    transaction.set_rollback(True)
                verdict = judge(page.access, actor, response)
                if verdict:
                    wrong.append(f"{method} /{page.route}: {response.status_code} {verdict}")
    assert not wrong, "\n".join(wrong)


def in_sample(role: str, request: HttpRequest) -> bool:
    """Whether this request goes through to the page: always the same twentieth."""
    return zlib.crc32(f"{role} {request.method} {request.path}".encode()) % 20 == 0


def judge(access: Access | None, actor: Actor, response: HttpResponseBase) -> str:
    """What is wrong with an answer, or nothing: the one matrix."""
    status = response.status_code
    if status >= 500 and status != 503:
        return "the page broke"
    if access is None:
        return "nobody says who may open it"
    if not may_open(access, actor):
        return "" if refuses(actor, response) else "opened to somebody without the right"
    if access.kind != "public" and leads_to_login(response) and actor.kind != "visitor":
        return "sent a person with the right to the log-in page"
    return ""


def may_open(access: Access, actor: Actor) -> bool:
    """Whether the declaration lets this actor in."""
    if access.kind == "public":
        return True
    if actor.kind == "visitor" and actor.user_id is None and actor.party_id is None:
        return False
    if access.kind == "signed_in":
        return True
    if access.kind == "staff":
        return actor.kind == "staff"
    return bool(set(access.codes) & actor.permissions)


def refuses(actor: Actor, response: HttpResponseBase) -> bool:
    """A visitor is sent to the log-in page (a program is told 401), a known person is told 403."""
    if actor.party_id is None:
        return leads_to_login(response) or response.status_code in (401, 403)
    return response.status_code == 403


def leads_to_login(response: HttpResponseBase) -> bool:
    """Whether the answer is the way to the log-in page."""
    target: Any = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    return target.split("?")[0] == resolve_url(settings.LOGIN_URL)


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
    from django.http import HttpResponse

    assert judge(Access(kind, codes), actor, HttpResponse(status=status)) == fault
