"""The rules' pages: who may, drawing a kind's form, versions, void, verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.permissions.testing import resolving
from jingkai.kernel.rules import api as rules
from jingkai.kernel.rules.data import RuleField, RuleKind, VersionDraft
from jingkai.kernel.rules.models import Rule, RuleVersion
from jingkai.kernel.rules.rules import kinds
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
COLOURS = (("red", "Red"), ("blue", "Blue"))
TOLL = RuleKind(
    code="toll",
    name="过路费",
    name_en="Toll",
    fields=(
        RuleField(name="amount", label="Amount", type="integer", minimum=1, maximum=60),
        RuleField(name="rate", label="Rate", type="decimal", required=False),
        RuleField(name="free", label="Free", type="boolean", required=False),
        RuleField(name="colour", label="Colour", type="choice", required=False, options=COLOURS),
        RuleField(name="colours", label="Colours", type="choices", required=False, options=COLOURS),
        RuleField(name="caps", label="Caps", type="numbers", required=False, options=COLOURS),
        RuleField(name="words", label="Words", required=False),
    ),
)
PLAIN = RuleKind(code="plain", name="任意", name_en="Plain", example={"a": 1})
KEPT = RuleKind(
    code="kept", name="另管", name_en="Kept", fields=TOLL.fields[:1], keeper="accounts.set_policy"
)
CLOSED = RuleKind(code="closed", name="封闭", name_en="Closed", keys=("one",), fields=TOLL.fields[:1])


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with kinds.including(TOLL, PLAIN, CLOSED, KEPT):
        yield


@pytest.fixture
def log_in(client: Client, django_user_model: Any) -> Iterator[Any]:
    """Log somebody in as an officer with these rights."""
    with ExitStack() as stack:

        def enter(*rights: str) -> Client:
            user = django_user_model.objects.create(username="wang")
            actor = Actor(None, user.pk, "王芳", "staff", frozenset(rights))
            stack.enter_context(resolving(lambda _user, _on: actor))
            client.force_login(user)
            session = client.session
            session["second_factor"] = user.pk  # as after a log-in with an authenticator app
            session.save()
            client.user = user  # type: ignore[attr-defined]
            return client

        yield enter


@pytest.fixture
def administrator(log_in: Any) -> Client:
    """An officer with the right to manage rules."""
    return log_in("rules.manage")


@pytest.fixture
def bridge() -> Rule:
    """A rule that applies since 2020."""
    value = {"amount": 5, "colours": ["red"], "caps": {"blue": 3}}
    draft = VersionDraft(starts_on=date(2020, 1, 1), value=value, source="某办法", article="3")
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return rules.add_rule(
        kind="toll", key="bridge", name="桥", name_en="Bridge", draft=draft, by=SYSTEM, at=at
    ).rule


def send(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(url, with_token(data, user=client.user))  # type: ignore[attr-defined]


def filled(**more: Any) -> dict[str, Any]:
    return {"part_amount": "9", "starts_on": "2026-01-01", "source": "新办法", **more}


def test_pages_are_for_the_rules_manager_only(client: Client, log_in: Any, bridge: Rule) -> None:
    version = bridge.versions.get()
    pages = [
        "/system/rules",
        "/system/rules/kind/toll",
        "/system/rules/kind/toll/new",
        f"/system/rules/rule/{bridge.uuid}",
        f"/system/rules/rule/{bridge.uuid}/version",
        f"/system/rules/version/{version.uuid}/void",
    ]
    assert [client.get(page).status_code for page in pages] == [302] * len(pages)
    other = log_in("calendar.manage")
    assert [other.get(page).status_code for page in pages] == [403] * len(pages)
    assert send(other, f"/system/rules/version/{version.uuid}/confirm").status_code == 403


def test_every_page_opens(administrator: Client, bridge: Rule) -> None:
    for page in (
        "/system/rules",
        "/system/rules/kind/toll",
        "/system/rules/kind/plain",
        "/system/rules/kind/plain/new",
    ):
        assert administrator.get(page).status_code == 200
    text = administrator.get(f"/system/rules/rule/{bridge.uuid}").content.decode()
    assert "某办法 3" in text
    assert "Red" in text
    assert "Blue 3" in text
    form = administrator.get(f"/system/rules/rule/{bridge.uuid}/version").content.decode()
    assert 'name="part_caps__blue" value="3"' in form


def test_kind_of_another_administrator_is_read_only(administrator: Client) -> None:
    draft = VersionDraft(starts_on=date(2020, 1, 1), value={"amount": 5}, source="某办法", article="3")
    at = datetime(2026, 11, 21, tzinfo=UTC)
    version = rules.add_rule(kind="kept", key="one", name="一", name_en="One", draft=draft, by=SYSTEM, at=at)
    page = f"/system/rules/rule/{version.rule.uuid}"
    assert f"{page}/version" not in administrator.get(page).content.decode()
    assert "/system/rules/kind/kept/new" not in administrator.get("/system/rules/kind/kept").content.decode()
    assert administrator.get("/system/rules/kind/kept/new").status_code == 403
    assert send(administrator, f"{page}/version", filled()).status_code == 403
    assert (
        send(administrator, f"/system/rules/version/{version.uuid}/void", {"reason": "x"}).status_code == 403
    )
    assert send(administrator, f"/system/rules/version/{version.uuid}/confirm").status_code == 403
    assert RuleVersion.objects.filter(rule=version.rule).count() == 1


def test_unknown_kind_and_rule_are_not_found(administrator: Client) -> None:
    unknown = "01999999-0000-7000-8000-000000000000"
    for page in ("/system/rules/kind/none", "/system/rules/kind/none/new", f"/system/rules/rule/{unknown}"):
        assert administrator.get(page).status_code == 404


def test_new_version_is_written_beside_the_old_one(administrator: Client, bridge: Rule) -> None:
    data = filled(
        part_rate="0.5", part_free="on", part_colour="blue", part_colours=["red", "blue"], part_caps__red="2"
    )
    data["seen_version"] = bridge.version
    assert send(administrator, f"/system/rules/rule/{bridge.uuid}/version", data).status_code == 302
    now = rules.get("toll", "bridge", on=date(2026, 5, 1)).value
    assert now == {
        "amount": 9,
        "rate": "0.5",
        "free": True,
        "colour": "blue",
        "colours": ["red", "blue"],
        "caps": {"red": 2},
        "words": "",
    }
    assert rules.get("toll", "bridge", on=date(2025, 5, 1)).value["amount"] == 5


def test_refused_version_keeps_what_was_typed(administrator: Client, bridge: Rule) -> None:
    url = f"/system/rules/rule/{bridge.uuid}/version"
    stale = send(administrator, url, filled(seen_version=99, note="记住我"))
    assert stale.status_code == 200
    assert "记住我" in stale.content.decode()
    assert f'name="seen_version" value="{bridge.version}"' in stale.content.decode()
    same_day = send(administrator, url, filled(starts_on="2020-01-01", seen_version=bridge.version))
    assert same_day.status_code == 200
    too_much = send(administrator, url, filled(part_amount="61", seen_version=bridge.version))
    assert too_much.status_code == 200
    assert bridge.versions.count() == 1


def test_new_rule_of_an_open_kind(administrator: Client) -> None:
    data = filled(key="tunnel", name="隧道", name_en="Tunnel")
    assert send(administrator, "/system/rules/kind/toll/new", data).status_code == 302
    assert send(administrator, "/system/rules/kind/toll/new", data).status_code == 200
    assert Rule.objects.filter(kind="toll").count() == 1


def test_kind_without_fields_takes_json(administrator: Client) -> None:
    data = {**filled(key="x", name="x", name_en="x"), "part_value": '{"b": [1, 2]}'}
    assert send(administrator, "/system/rules/kind/plain/new", data).status_code == 302
    assert rules.get("plain", "x", on=date(2026, 5, 1)).value == {"b": [1, 2]}
    bad = {**data, "key": "y", "part_value": "{broken"}
    assert send(administrator, "/system/rules/kind/plain/new", bad).status_code == 200


def test_closed_kind_offers_only_its_keys(administrator: Client) -> None:
    data = filled(name="x", name_en="x")
    assert send(administrator, "/system/rules/kind/closed/new", {**data, "key": "two"}).status_code == 200
    assert send(administrator, "/system/rules/kind/closed/new", {**data, "key": "one"}).status_code == 302
    assert administrator.get("/system/rules/kind/closed/new").status_code == 404
    assert (
        "/system/rules/kind/closed/new" not in administrator.get("/system/rules/kind/closed").content.decode()
    )


def test_void_and_verified(administrator: Client, bridge: Rule) -> None:
    version = bridge.versions.get()
    assert send(administrator, f"/system/rules/version/{version.uuid}/confirm").status_code == 302
    assert RuleVersion.objects.get().confirmed
    page = f"/system/rules/version/{version.uuid}/void"
    assert administrator.get(page).status_code == 200
    assert send(administrator, page, {"reason": ""}).status_code == 200
    assert send(administrator, page, {"reason": "录入错误"}).status_code == 302
    assert rules.find_rule("toll", "bridge", on=date(2026, 5, 1)) is None
    assert "录入错误" in administrator.get(f"/system/rules/rule/{bridge.uuid}").content.decode()
    assert send(administrator, page, {"reason": "again"}).status_code == 409
