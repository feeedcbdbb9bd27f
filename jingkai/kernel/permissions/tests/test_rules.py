"""Every rule of access, for every kind of person, and the pages that forgot to declare one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import checks
from django.test import Client

from jingkai.kernel.permissions import rules
from jingkai.kernel.permissions.api import (
    PUBLIC,
    SIGNED_IN,
    SYSTEM,
    VISITOR,
    Access,
    Actor,
    Permission,
    access_of,
    actor_of,
    all_permissions,
    declare,
    guard,
    may,
    requires,
)
from jingkai.kernel.permissions.tests import pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls(pages.__name__)]

MANAGE = Permission("tests.manage", "管理试验", "Manage tests", "tests")
LOOK = Permission("tests.look", "查看试验", "Look at tests", "tests")
CAST: dict[str, tuple[Any, set[str]]] = {
    "wang": ("staff", {"tests.manage"}),
    "li": ("staff", {"tests.look"}),
    "chen": ("enterprise", {"tests.look"}),
}


@pytest.fixture(autouse=True)
def _setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rules, "resolvers", [_actor])
    monkeypatch.setattr(rules, "guards", {})
    with rules.permissions.including(MANAGE, LOOK):
        yield


asked: list[date] = []


def _actor(user: Any, on: date) -> Actor:
    asked.append(on)
    kind, codes = CAST[user.get_username()]
    return Actor(None, user.pk, user.get_username(), kind, frozenset(codes))


def _client(name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    if name != "visitor":
        client.force_login(get_user_model().objects.create(username=name, kind="staff"))
    return client


MATRIX = {
    "/public": {"visitor": 200, "wang": 200, "li": 200, "chen": 200},
    "/own": {"visitor": 302, "wang": 200, "li": 200, "chen": 200},
    "/staff": {"visitor": 302, "wang": 200, "li": 200, "chen": 403},
    "/manage": {"visitor": 302, "wang": 200, "li": 403, "chen": 403},
    "/either": {"visitor": 302, "wang": 200, "li": 200, "chen": 200},
    "/undeclared": {"visitor": 403, "wang": 403, "li": 403, "chen": 403},
    "/accounts/password": {"visitor": 403, "wang": 403, "li": 403, "chen": 403},
    "/api/v1/things": {"visitor": 401, "wang": 200, "li": 403, "chen": 403},
}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("name", ["visitor", *CAST])
def test_every_page_for_every_person_and_method(name: str, method: str) -> None:
    client = _client(name)
    answers = {url: getattr(client, method)(url).status_code for url in MATRIX}
    assert answers == {url: row[name] for url, row in MATRIX.items()}


def test_visitor_is_led_to_the_login_and_back() -> None:
    answer = _client("visitor").get("/own?page=2")
    assert answer["Location"] == "/login?next=/own%3Fpage%3D2"


def test_refusal_names_the_right_in_the_readers_language() -> None:
    client = _client("li")
    assert "Manage tests" in client.get("/manage").content.decode()
    assert "管理试验" in client.get("/manage", headers={"accept-language": "zh-hans"}).content.decode()


def test_api_call_of_a_visitor_is_told_as_a_problem() -> None:
    answer = _client("visitor").get("/api/v1/things")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_htmx_request_of_a_visitor_turns_the_whole_page() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/own?page=2"}
    answer = _client("visitor").get("/manage", headers=headers)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/login?next=/own%3Fpage%3D2"


def test_guard_puts_pages_of_other_makers_behind_a_rule() -> None:
    guard("/accounts/", PUBLIC)
    guard("/accounts/password", SIGNED_IN)
    assert _client("visitor").get("/accounts/password").status_code == 302
    assert _client("wang").get("/accounts/password").status_code == 200
    assert _client("visitor").get("/undeclared").status_code == 403


def test_actor_is_resolved_once_a_request_and_only_when_needed() -> None:
    client = _client("wang")
    asked.clear()
    client.get("/manage")
    assert len(asked) == 1
    asked.clear()
    client.get("/login")
    assert asked == []


def test_actor_day_is_the_zones_day(time_machine: Any) -> None:
    time_machine.move_to("2026-11-20T16:30:00+00:00")
    client = _client("wang")
    asked.clear()
    client.get("/manage")
    assert asked == [date(2026, 11, 21)], "half past midnight in Shanghai"


def test_user_without_a_resolver_has_no_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "resolvers", [])
    user = get_user_model().objects.create(username="wang", kind="staff")
    actor = actor_of(user, date(2026, 11, 21))
    assert (actor.kind, actor.permissions, actor.user_id) == ("visitor", frozenset(), user.pk)


def test_visitor_has_no_rights_and_the_product_has_all() -> None:
    assert not may(VISITOR, "tests.manage")
    assert may(SYSTEM, "tests.manage")


def test_refusals_are_logged_with_the_user_and_the_right(caplog: pytest.LogCaptureFixture) -> None:
    client = _client("li")
    client.get("/manage")
    assert "needs tests.manage" in caplog.text


def test_access_stands_on_the_view() -> None:
    access = {pattern.pattern._route: access_of(pattern.callback, "/") for pattern in pages.urlpatterns}  # type: ignore[union-attr]
    assert access["either"] == Access("requires", ("tests.manage", "tests.look"))
    assert access["public"] == PUBLIC
    assert access["undeclared"] is None


@pytest.mark.parametrize("codes", [(), (len,)])
def test_requires_refuses_to_be_used_without_codes(codes: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        requires(*codes)


def test_declaring_twice_is_harmless_and_listed_by_code() -> None:
    declare(MANAGE, LOOK)
    codes = [permission.code for permission in all_permissions()]
    assert codes == sorted(codes)
    assert codes.count("tests.manage") == 1


def test_undeclared_code_is_found_when_the_product_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "used_codes", {"tests.manage", "tests.forgotten"})
    registered = {check.__name__: check for check in checks.registry.registry.get_checks()}
    found = registered["check_codes"](app_configs=None)
    assert ["tests.forgotten" in message.msg for message in found] == [True]
