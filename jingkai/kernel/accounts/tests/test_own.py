"""What people change about their own log-in: only after proving anew who they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts.testing import PASSWORD, log_in, login_of
from jingkai.kernel.hooks.api import account_sections
from jingkai.kernel.hooks.data import Section
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
ONLY_SHOWN = ("/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/download/")
CHANGES = (
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/recovery-codes/download/",
    "/accounts/2fa/passkeys/add/",
    "/accounts/2fa/passkeys/1/remove/",
    "/accounts/sessions/",
)


def test_a_section_is_for_whoever_holds_its_right(cast: Cast) -> None:
    asked: list[str] = []
    section = Section(
        key="t", label="T", template="-", context=lambda _r, _s: asked.append("t"), permission="audit.see"
    )
    with account_sections.only(section):
        for who in (cast.clerk, cast.audit_admin):
            client = Client()
            log_in(client, who)
            client.get("/accounts/")
            asked.append(who.name)
    assert asked == [cast.clerk.name, "t", cast.audit_admin.name]


@pytest.mark.parametrize("path", CHANGES)
def test_factors_and_sessions_change_only_after_proving_oneself_anew(cast: Cast, path: str) -> None:
    """Ten minutes after the log-in a post leads to the page that asks for a factor, and does nothing."""
    client, user = Client(), login_of(cast.clerk)
    if "activate" not in path or "deactivate" in path:
        ops.enrol_totp(user=user, by=SYSTEM, at=cast.at)
        RecoveryCodes.activate(user)
    log_in(client, cast.clerk)
    with time_machine.travel(cast.at + timedelta(minutes=10), tick=False):
        answer = client.get(path) if path in ONLY_SHOWN else client.post(path)
    assert answer.status_code == 302, path
    assert "reauthenticate" in answer["Location"]


def test_after_proving_oneself_the_other_sessions_end(cast: Cast) -> None:
    here, there, user = Client(), Client(), login_of(cast.clerk)
    for one in (here, there):
        one.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
        one.get("/accounts/")
    assert here.post("/accounts/sessions/")["Location"] == "/accounts/sessions/"
    assert there.get("/accounts/").status_code == 302
    assert here.get("/accounts/").status_code == 200
