"""Taking away any guard is noticed: each is weakened, exchanged or removed, and the walk must see it.

The mutants live in this process only: one line of the address book at a time gets a view with another guard,
and four people knock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from jingkai.kernel.permissions import operations, rules
from jingkai.kernel.permissions.api import VISITOR, Access, Actor, access_of, all_permissions
from jingkai.kernel.permissions.middleware import ActorMiddleware
from jingkai.kernel.submissions import operations as submissions
from tests.architecture.guards import Person, asking_guards, faults
from tests.architecture.matrix import may_be_opened_by
from tests.architecture.pages import Page, all_pages

FEWEST = 1500
"""So many mutants at least; fewer would mean that guards are no longer found."""
GUARDED_TWICE = ("files:upload",)
"""A script's own wrapper answers there before the guard is asked, when nobody is logged in."""
pytestmark = pytest.mark.django_db
View = Callable[..., Any]


@pytest.fixture(autouse=True)
def guards_alone() -> Iterator[None]:
    """Forms that meet an ended session are not kept here: that is another guard's work."""
    with mock.patch.object(submissions, "hold"), asking_guards():
        yield


def people_at(page: Page) -> list[Person]:
    """Who knocks at one address: from a visitor up to who holds all rights but the ones asked for."""
    access = may_be_opened_by(page)
    codes = frozenset(access.codes if access else ())
    others = frozenset(permission.code for permission in all_permissions()) - codes
    return [
        Person.of(VISITOR),
        Person.of(Actor(1, 1, "企业", "enterprise")),
        Person.of(Actor(2, 2, "人员", "staff")),
        Person.of(Actor(3, 3, "旁人", "staff", others)),
        *(Person.of(Actor(4, 4, "持有人", "staff", frozenset({code}))) for code in sorted(codes)),
    ]


def noticed(page: Page) -> bool:
    """Whether the walk finds anything wrong at one address."""
    return any(faults([page], person, ("GET",)) for person in people_at(page))


def test_nothing_is_wrong_without_a_mutant() -> None:
    assert [str(page) for page in all_pages() if noticed(page)] == []


def mutants_of(page: Page) -> Iterator[tuple[str, View]]:
    """The guard of one address, wrong in every way."""
    view = page.view
    access = access_of(view, page.path())
    inner = getattr(view, "__wrapped__", view) if hasattr(view, "access") else view
    assert access is not None
    yield "removed", _bare(inner)
    if access.kind != "public":
        yield "opened to everybody", operations.public(inner)
    if access.kind in ("staff", "requires"):
        yield "opened to every account", operations.signed_in(inner)
    if access.kind == "requires":
        yield "opened to every officer", operations.staff(inner)
        yield "opened to another right", _declared(inner, (*access.codes, _another_right(access)))
    if len(access.codes) > 1:
        for code in access.codes:
            rest = tuple(one for one in access.codes if one != code)
            yield f"closed to {code}", _declared(inner, rest)


def _bare(inner: View) -> View:
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return HttpResponse(status=200)

    view.__module__ = inner.__module__
    return view


def _declared(inner: View, codes: tuple[str, ...]) -> View:
    return operations._declared(inner, Access("requires", codes))


def _another_right(access: Access) -> str:
    return next(one.code for one in all_permissions() if one.code not in access.codes)


def test_every_guard_that_is_taken_away_or_weakened_is_noticed() -> None:
    survived, number = [], 0
    for page in all_pages():
        for name, mutant in mutants_of(page):
            number += 1
            with mock.patch.object(page.pattern, "callback", mutant):
                if not noticed(page):
                    survived.append(f"{page} /{page.route}: {name}")
    assert survived == []
    assert number >= FEWEST, f"only {number} mutants"


@pytest.mark.parametrize("kind", ["staff", "requires", "signed_in"])
def test_a_check_that_forgets_one_kind_is_noticed(kind: str) -> None:
    check = operations.check_access

    def forgetful(request: HttpRequest, access: Access) -> HttpResponseBase | None:
        weaker = Access("public" if kind == "signed_in" else "signed_in")
        return check(request, weaker if access.kind == kind else access)

    asked = [page for page in all_pages() if (access := may_be_opened_by(page)) and access.kind == kind]
    asked = [page for page in asked if page.name not in GUARDED_TWICE]
    with mock.patch.object(operations, "check_access", forgetful):
        assert [str(page) for page in asked if not noticed(page)] == []


def test_a_right_that_everybody_seems_to_hold_is_noticed() -> None:
    asked = [page for page in all_pages() if (access := may_be_opened_by(page)) and access.codes]
    with mock.patch.object(operations.queries, "may", return_value=True):
        assert [str(page) for page in asked if not noticed(page)] == []


def test_a_page_without_declaration_is_refused_by_the_middleware_alone() -> None:
    """Were the middleware forgotten, a page that declares nothing would open; the walk sees that, too."""
    pages = [page for page in all_pages() if page.view.__module__.startswith("jingkai.")][:20]
    with mock.patch.object(ActorMiddleware, "process_view", return_value=None):
        for page in pages:
            with mock.patch.object(page.pattern, "callback", _bare(page.view)):
                assert noticed(page), str(page)


def test_a_right_that_nobody_declares_any_more_is_named() -> None:
    asked = {code for page in all_pages() if page.access for code in page.access.codes}
    left = [item for item in rules.permissions.all() if item.code not in asked]
    with mock.patch.object(rules.permissions, "all", return_value=left):
        assert set(operations.queries.undeclared_codes()) >= asked
