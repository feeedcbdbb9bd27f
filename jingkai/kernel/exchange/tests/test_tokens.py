"""Tokens: shown once, good for what they say, counted, withdrawn; and the pages on which that is done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.exchange.models import ApiToken, ApiWindow
from jingkai.kernel.exchange.operations.tokens import TokenUnfit, forget_windows, hash_of, revoke_token
from jingkai.kernel.exchange.testing import ApiClient, make_token
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_and_stored_as_a_hash(cast: Any) -> None:
    browser = Client()
    user = log_in(browser, cast.system_admin)
    day = (timezone.localdate() + timedelta(days=90)).isoformat()
    form = {
        "name": "企业服务云",
        "contact": "大数据局 王工",
        "scopes": ["items:read"],
        "rate": "10",
        "expires_on": day,
    }
    made = browser.post("/system/tokens/new", with_token(form, user=user))
    assert made.status_code == 302, made.context and made.context["form"].errors
    page = browser.get(made["Location"]).content.decode()
    text = re.search(r"jk_[\w-]{43}", page)
    assert text, page
    assert text[0] not in browser.get(made["Location"]).content.decode(), "shown once"
    token = ApiToken.objects.get()
    assert token.token_hash == hash_of(text[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT exchange_apitoken::text FROM exchange_apitoken")
        assert text[0] not in str(cursor.fetchall())
    assert [entry.action for entry in entries_of(token)] == ["token.issued"]
    assert ApiClient(text[0]).get("items").status_code == 200
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert token.last_used_from == "127.0.0.1"


def test_only_the_system_administrator_gives_out_tokens(cast: Any) -> None:
    for name in ("clerk", "leader", "security_admin", "audit_admin", "handler"):
        browser = Client()
        log_in(browser, getattr(cast, name))
        assert browser.get("/system/tokens").status_code == 403
        assert browser.get("/system/tokens/new").status_code == 403


@pytest.mark.parametrize(
    "header", ["", "Basic eHg=", "Bearer ", "Bearer nothing", "Bearer jk_" + "x" * 43, "jk_x"]
)
def test_no_token_or_a_wrong_one_is_401(header: str) -> None:
    client = ApiClient(**({"authorization": header} if header else {}))
    answer = client.get("items")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["status"] == 401


def test_a_session_opens_nothing(cast: Any) -> None:
    browser = Client()
    log_in(browser, cast.leader)
    assert browser.get("/api/v1/items").status_code == 401


def test_ended_and_withdrawn_tokens_look_like_none(cast: Any) -> None:
    token, text = make_token(["items:read"])
    assert ApiClient(text).get("items").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert ApiClient(text).get("items").status_code == 401
    with pytest.raises(TokenUnfit):
        revoke_token(token=token, reason=" ", by=SYSTEM, at=timezone.now())
    revoke_token(token=token, reason="系统停用", by=SYSTEM, at=timezone.now())
    revoke_token(token=token, reason="again", by=SYSTEM, at=timezone.now())
    assert ApiClient(text).get("items").status_code == 401
    token.refresh_from_db()
    assert token.revoke_reason == "系统停用"


def test_scopes_and_addresses_are_kept() -> None:
    _token, text = make_token(["items:read"])
    refused = ApiClient(text).get("ratings")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert "ratings:read" in refused.json()["detail"]
    _token, elsewhere = make_token(["items:read"], addresses=("10.20.0.0/16",))
    assert ApiClient(elsewhere).get("items").status_code == 403
    _token, here = make_token(["items:read"], addresses=("10.20.0.0/16", "127.0.0.1/32"))
    assert ApiClient(here).get("items").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"rate": 0},
        {"rate": 6001},
        {"addresses": ("hall",)},
        {"expires_at": timezone.now() - timedelta(days=1)},
        {"expires_at": timezone.now() + timedelta(days=1000)},
    ],
)
def test_what_makes_no_token_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TokenUnfit):
        make_token(wrong.pop("scopes", ["items:read"]), **wrong)
    assert not ApiToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_n_calls_pass_and_the_next_waits_for_the_next_minute() -> None:
    """Counted in the database: a restart, or another process, forgets nothing."""
    _token, text = make_token(["items:read"], rate=3)
    _other, beside = make_token(["items:read"], rate=3)
    with time_machine.travel("2026-11-23 10:00:20+08:00", tick=False) as clock:
        left = [ApiClient(text).get("items") for _ in range(3)]
        assert [(one.status_code, one["RateLimit-Remaining"]) for one in left] == [
            (200, "2"),
            (200, "1"),
            (200, "0"),
        ]
        over = ApiClient(text).get("items")
        assert (over.status_code, over["Retry-After"]) == (429, "40")
        assert ApiClient(beside).get("items").status_code == 200, "others are not held up"
        connection.close()  # what a new process sees
        assert ApiClient(text).get("items").status_code == 429
        clock.shift(40)
        assert ApiClient(text).get("items").status_code == 200
        clock.shift(7200)
        assert forget_windows(at=timezone.now()) == 3
        assert not ApiWindow.objects.exists()


def test_the_list_is_narrowed_sorted_and_exported(cast: Any) -> None:
    make_token(["items:read"])
    gone, _text = make_token(["ratings:read"])
    revoke_token(token=gone, reason="停用", by=SYSTEM, at=timezone.now())
    browser = Client()
    log_in(browser, cast.system_admin)
    assert browser.get("/system/tokens").content.decode().count("测试系统") >= 2
    good = browser.get("/system/tokens?state=good&sort=expires_at&q=测试&scope=items:read")
    assert len(good.context["table"].rows) == 1
    assert browser.get("/system/tokens?state=nonsense&sort=x&after=zzz&since=1").status_code == 200
    sheet = browser.get("/system/tokens/export?state=good")
    assert sheet["Content-Type"].endswith("sheet")
    assert browser.get(f"/system/tokens/{gone.uuid}").status_code == 200
