"""The frame shows each person their own links, with counts, and costs nothing where it is not drawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from jingkai.kernel.hooks import context
from jingkai.kernel.hooks.api import menu, menu_counts, shell_parts
from jingkai.kernel.hooks.data import MenuEntry

pytestmark = pytest.mark.urls(__name__)


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", _page, name="home"),
    path("desk", _page, name="desk"),
    path("desk/done", _page, name="done"),
    path("system/rules", _page, name="rules"),
    path("guides", _page, name="guides"),
    path("login", _page, name="account_login"),
    path("logout", _page, name="account_logout"),
]

ENTRIES = (
    MenuEntry(label="Desk", url_name="desk", order=10, count=lambda request: 7),
    MenuEntry(label="Done", url_name="done", order=11),
    MenuEntry(label="Rules", url_name="rules", order=90, group="System", permission="rules.manage"),
    MenuEntry(label="Guides", url_name="guides", place="nav", kinds=("visitor", "enterprise")),
    MenuEntry(label="Gone", url_name="not_mounted", order=5),
)


def _actor(kind: str = "staff", *permissions: str) -> Any:
    return SimpleNamespace(kind=kind, permissions=frozenset(permissions), user_id=1, name="王敏")


def _shell(actor: Any, url: str = "/desk") -> Any:
    request = RequestFactory().get(url)
    request.actor = actor  # type: ignore[attr-defined]
    with menu.only(*ENTRIES), menu_counts.only(), shell_parts.only():
        return context.build_shell(request)


def _urls(shell: Any) -> list[str]:
    return [item.url for group in shell.groups for item in group.items]


def test_rail_hides_what_the_actor_may_not_open() -> None:
    assert _urls(_shell(_actor())) == ["/desk", "/desk/done"]
    assert _urls(_shell(_actor("staff", "rules.manage"))) == ["/desk", "/desk/done", "/system/rules"]


def test_visitor_sees_the_public_header_only() -> None:
    shell = _shell(None)
    assert _urls(shell) == []
    assert [item.url for item in shell.nav] == ["/guides"]
    assert shell.user_name == ""
    assert shell.login_url == "/login"


def test_entry_without_a_mounted_page_is_left_out() -> None:
    assert "Gone" not in str(_shell(_actor()).groups)


def test_rail_is_grouped_and_counts_stand_beside_labels() -> None:
    shell = _shell(_actor("staff", "rules.manage"))
    assert [group.label for group in shell.groups] == ["", "System"]
    assert shell.groups[0].items[0].count == 7
    assert shell.groups[0].items[1].count is None


@pytest.mark.parametrize(
    ("url", "current"), [("/desk", "/desk"), ("/desk/done", "/desk/done"), ("/desk/9", "/desk")]
)
def test_the_nearest_link_is_the_current_one(url: str, current: str) -> None:
    items = _shell(_actor(), url).groups[0].items
    assert [item.url for item in items if item.current] == [current]


def test_one_answer_fills_the_counts_of_several_entries() -> None:
    request = RequestFactory().get("/desk")
    request.actor = _actor()  # type: ignore[attr-defined]

    def counts(request: HttpRequest) -> dict[str, int]:
        return {"done": 3, "rules": 99}

    with menu.only(*ENTRIES), menu_counts.only(counts), shell_parts.only():
        shell = context.build_shell(request)
    assert [item.count for item in shell.groups[0].items] == [7, 3]


def test_counts_of_hidden_entries_are_not_asked() -> None:
    def fail(request: HttpRequest) -> int:
        raise AssertionError("asked for a link that is not shown")

    request = RequestFactory().get("/desk")
    request.actor = _actor()  # type: ignore[attr-defined]
    hidden = MenuEntry(label="Rules", url_name="rules", permission="rules.manage", count=fail)
    with menu.only(hidden), menu_counts.only(), shell_parts.only():
        context.build_shell(request)


def test_parts_fill_what_other_apps_know() -> None:
    request = RequestFactory().get("/desk")
    request.actor = _actor()  # type: ignore[attr-defined]

    def part(request: HttpRequest) -> dict[str, Any]:
        return {"zone_name": "示范经济开发区", "unread": 2}

    with menu.only(), menu_counts.only(), shell_parts.only(part):
        shell = context.build_shell(request)
    assert (shell.zone_name, shell.unread, shell.user_name) == ("示范经济开发区", 2, "王敏")


def test_frame_is_built_on_first_use_only() -> None:
    def fail(request: HttpRequest) -> dict[str, Any]:
        raise AssertionError("built although no template reads it")

    request = RequestFactory().get("/desk")
    request.actor = _actor()  # type: ignore[attr-defined]
    with menu.only(), menu_counts.only(), shell_parts.only(fail):
        lazy = context.shell(request)["shell"]
        with pytest.raises(AssertionError):
            str(lazy)


def test_early_refusal_stands_without_a_frame() -> None:
    assert context.shell(RequestFactory().get("/desk")) == {}
