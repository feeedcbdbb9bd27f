"""Signing in: by name or phone, locks, one-time passwords, second factors, idle time."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts.data import AccountKind, IdentityCheck, IdentityProof
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import BACKEND, PASSWORD, log_in, login_of
from jingkai.kernel.accounts.web.forms import NewPasswordForm
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
PROOF = IdentityProof(IdentityCheck.IN_PERSON, "工作证，张主任在场")
LOGIN = "/accounts/login/"


def sign_in(client: Client, name: str, password: str = PASSWORD, **headers: str):
    return client.post(LOGIN, {"login": name, "password": password}, headers=headers or None)


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_login_page_is_ours_in_both_languages(client: Client, language: str) -> None:
    page = client.get(LOGIN, headers={"accept-language": language}).content.decode()
    assert ("企业和工作人员" in page) == (language == "zh-hans")
    assert ("Enterprises and officers sign in here" in page) == (language == "en")


def test_staff_and_enterprise_sign_in_by_name_and_phone(client: Client, cast: Cast) -> None:
    clerk = login_of(cast.clerk)
    assert sign_in(client, clerk.username.upper())["Location"] == "/desk"
    login_of(cast.handler)
    other = Client()
    phone = cast.person("handler").phone
    assert sign_in(other, f"+86 {phone[:3]}-{phone[3:7]} {phone[7:]}")["Location"] == "/enterprise/"


def test_phone_of_two_people_signs_in_nobody(client: Client, cast: Cast) -> None:
    for name in ("clerk", "clerk_2"):
        login_of(cast.actor(name))
    ops.change_person(
        person=cast.person("clerk_2"),
        draft=ops.PersonDraft(name="周窗口", phone=cast.person("clerk").phone),
        version=cast.person("clerk_2").party.version,
        by=SYSTEM,
        at=cast.at,
    )
    assert sign_in(client, cast.person("clerk").phone).status_code == 200


def test_success_and_failure_stand_in_the_trail(client: Client, cast: Cast) -> None:
    user = login_of(cast.clerk)
    sign_in(client, user.username, "wrong")
    sign_in(client, user.username)
    client.post("/accounts/logout/")
    found = [(entry.action, entry.result) for entry in entries_of(user)][1:]
    assert found == [("login.failed", "failed"), ("login.succeeded", "done"), ("login.left", "done")]


def test_five_wrong_passwords_lock_in_words_and_the_right_one_waits(client: Client, cast: Cast) -> None:
    user = login_of(cast.clerk)
    pages = [
        sign_in(client, user.username, "wrong", **{"accept-language": "en"}).content.decode()
        for _ in range(5)
    ]
    assert "After 2 more wrong attempts" in pages[2]
    assert "is locked until" in pages[4]
    assert "is locked until" in sign_in(client, user.username, **{"accept-language": "en"}).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert sign_in(client, user.username).status_code == 302


def test_unknown_name_locks_like_a_known_one(client: Client, cast: Cast) -> None:
    pages = [sign_in(client, "nobody-here", "wrong", **{"accept-language": "en"}) for _ in range(5)]
    assert "is locked until" in pages[4].content.decode()


def test_security_administrator_unlocks(client: Client, cast: Cast) -> None:
    user = login_of(cast.clerk)
    for _ in range(5):
        sign_in(client, user.username, "wrong")
    ops.unlock(user=user, by=cast.security_admin, at=timezone.now())
    assert sign_in(client, user.username).status_code == 302


def test_closed_login_does_not_sign_in(client: Client, cast: Cast) -> None:
    user = login_of(cast.clerk)
    ops.set_login_active(user=user, active=False, by=cast.security_admin, at=cast.at)
    assert sign_in(client, user.username)["Location"] == "/accounts/inactive/"
    assert client.get("/accounts/inactive/").status_code == 200


def test_one_time_password_must_be_changed_first(client: Client, cast: Cast) -> None:
    made = ops.create_user(
        person=cast.person("clerk"), kind=AccountKind.STAFF, username="10023", by=SYSTEM, at=cast.at
    )
    assert sign_in(client, "10023", made.one_time_password).status_code == 302
    assert client.get("/system/people")["Location"] == "/accounts/password/change/"
    short = {"oldpassword": made.one_time_password, "password1": "short", "password2": "short"}
    assert client.post("/accounts/password/change/", short).status_code == 200
    new = {**short, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/password/change/", new)["Location"] == "/accounts/"
    user = User.objects.get(username="10023")
    assert not user.must_change_password
    again = {
        "oldpassword": PASSWORD,
        "password1": made.one_time_password,
        "password2": made.one_time_password,
    }
    page = client.post("/accounts/password/change/", again, headers={"accept-language": "en"})
    assert "used this password before" in page.content.decode()


def test_administrator_signs_in_with_a_code_that_counts_once(client: Client, cast: Cast) -> None:
    user = login_of(cast.system_admin)
    secret = ops.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    assert sign_in(client, user.username)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/system/people")["Location"].startswith(LOGIN)
    code = code_now(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/desk"
    assert client.get("/system/people").status_code == 200
    other = Client()
    sign_in(other, user.username)
    page = other.post("/accounts/2fa/authenticate/", {"code": code}, headers={"accept-language": "en"})
    assert page.status_code == 200


def test_wrong_codes_lock_too(client: Client, cast: Cast) -> None:
    user = login_of(cast.system_admin)
    sign_in(client, user.username)
    for _ in range(5):
        page = client.post(
            "/accounts/2fa/authenticate/", {"code": "000000"}, headers={"accept-language": "en"}
        )
    assert "is locked until" in page.content.decode()


@pytest.mark.parametrize("name", ["system_admin", "security_admin", "audit_admin"])
def test_administrator_without_second_factor_sets_it_up_before_anything(
    client: Client, cast: Cast, name: str
) -> None:
    user = log_in(client, cast.actor(name))
    ops.remove_second_factor(user=user, proof=PROOF, by=SYSTEM, at=cast.at)
    client.force_login(user, backend=BACKEND)
    assert client.get("/system/people")["Location"] == "/accounts/2fa/totp/activate/"


def test_seal_holder_needs_the_second_factor_and_a_clerk_does_not(client: Client, cast: Cast) -> None:
    cast.empower("custodian", "seals.apply")
    user = log_in(client, cast.custodian)
    ops.remove_second_factor(user=user, proof=PROOF, by=SYSTEM, at=cast.at)
    client.force_login(user, backend=BACKEND)
    assert client.get("/system/people")["Location"] == "/accounts/2fa/totp/activate/"
    log_in(client, cast.clerk)
    assert client.get("/system/people").status_code == 403


def test_second_factor_is_set_up_with_the_app(client: Client, cast: Cast) -> None:
    made = ops.create_user(
        person=cast.person("system_admin"),
        kind=AccountKind.STAFF,
        username="admin1",
        password=PASSWORD,
        by=SYSTEM,
        at=cast.at,
    )
    sign_in(client, "admin1")
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    sent = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)})
    assert sent.status_code == 302
    assert client.get("/system/people").status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    refused = client.post("/accounts/2fa/totp/deactivate/")
    assert made.user_id
    assert refused.status_code in (200, 302, 403)
    assert client.get("/system/people").status_code == 200


def test_idle_staff_are_signed_out(client: Client, cast: Cast) -> None:
    user = log_in(client, cast.clerk)
    assert client.get("/accounts/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=29), tick=False):
        assert client.get("/accounts/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=58), tick=False):
        assert client.get("/accounts/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=89), tick=False):
        assert client.get("/accounts/")["Location"].startswith(LOGIN)
    assert "login.timed_out" in [entry.action for entry in entries_of(user)]


def test_signup_leads_nowhere_for_staff(client: Client, db: None) -> None:
    assert client.get("/accounts/signup/").status_code in (302, 404)
    assert client.get("/accounts/email/").status_code == 404


def test_sessions_are_listed_and_ended_elsewhere(client: Client, cast: Cast) -> None:
    user = login_of(cast.clerk)
    other = Client()
    for one in (client, other):
        sign_in(one, user.username)
        one.get("/accounts/")
    assert client.get("/accounts/sessions/").status_code == 200
    assert client.post("/accounts/sessions/").status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302


@pytest.mark.parametrize(("wrong", "status"), [(4, 302), (5, 200)])
def test_wrong_passwords_of_any_login_add_up_for_their_address(cast: Cast, wrong: int, status: int) -> None:
    user = login_of(cast.clerk)
    here, elsewhere = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="203.0.113.8")
    for number in range(wrong):
        sign_in(here, f"nobody{number}", "wrong")
    page = sign_in(here, user.username, **{"accept-language": "en"})
    assert page.status_code == status
    if status == 200:
        assert "nobody can log in from there" in page.content.decode()
        assert sign_in(elsewhere, user.username).status_code == 302
        with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
            assert sign_in(here, user.username).status_code == 302


def test_a_new_password_keeps_its_spaces_as_the_log_in_does() -> None:
    assert [NewPasswordForm.base_fields[name].strip for name in ("password1", "password2")] == [False, False]  # type: ignore[attr-defined]
