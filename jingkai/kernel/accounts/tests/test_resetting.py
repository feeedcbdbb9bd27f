"""The phone of a member of staff counts once its person has proven to hold it, and no other number does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts.testing import log_in, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
PAGE, CODE = "/accounts/phone/", "/accounts/phone/code/"


def sent_code(provider: Any) -> str:
    """The code of the newest message."""
    run_jobs()
    newest = max(provider.store.all(), key=lambda message: message["received"])
    found = re.search(r"\d{6}", str(newest["params"]))
    assert found
    return found[0]


def test_staff_prove_their_phone_before_it_sets_a_password(
    client: Client, cast: Cast, sms_provider: Any
) -> None:
    user = log_in(client, cast.clerk)
    assert not ops.may_reset_by_phone(user, cast.at)
    page = client.get(PAGE, headers=EN).content.decode()
    assert "Prove by a code that you hold it" in page
    assert "Text messages can be read by others" in page
    assert user.person.phone not in page
    assert "Prove it" in client.get("/accounts/", headers=EN).content.decode()
    assert client.post(PAGE, with_token(user=user))["Location"] == PAGE
    right = sent_code(sms_provider)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert client.post(CODE, {"code": wrong}).status_code == 400
    assert client.post(CODE, {}).status_code == 422
    user.refresh_from_db()
    assert not ops.may_reset_by_phone(user, cast.at)
    assert client.post(CODE, {"code": right})["Location"] == "/accounts/"
    user.refresh_from_db()
    assert ops.may_reset_by_phone(user, cast.at)
    assert [entry.action for entry in entries_of(user)][-1] == "login.phone_proven"
    assert "is proven" in client.get(PAGE, headers=EN).content.decode()
    assert client.post(CODE, {"code": right}).status_code == 422, "once"


def test_another_number_must_be_proven_anew(client: Client, cast: Cast, sms_provider: Any) -> None:
    user = log_in(client, cast.clerk)
    client.post(PAGE, with_token(user=user))
    code, person = sent_code(sms_provider), user.person
    person.phone = "13900001111"
    person.save()
    assert client.post(CODE, {"code": code}).status_code == 422, "it proves the number before"
    client.post(PAGE, with_token(user=user))
    assert client.post(CODE, {"code": sent_code(sms_provider)}).status_code == 302
    user.refresh_from_db()
    assert ops.has_proven_phone(user)
    person.phone = "13900002222"
    person.save()
    user.person.refresh_from_db()
    assert not ops.has_proven_phone(user)


def test_nobody_else_is_concerned(client: Client, cast: Cast) -> None:
    assert ops.may_reset_by_phone(login_of(cast.handler), cast.at), (
        "an enterprise's phone is proven elsewhere"
    )
    assert client.get(PAGE).status_code == 302
    user = log_in(client, cast.clerk)
    user.person.phone = ""
    user.person.save()
    assert "No mobile number is entered" in client.get(PAGE, headers=EN).content.decode()
    assert client.post(PAGE, with_token(user=user)).status_code == 422


def test_the_risk_is_told_where_a_code_is_asked_for() -> None:
    page = Client().get("/accounts/password/reset/", headers=EN).content.decode()
    assert "Text messages can be read by others" in page
