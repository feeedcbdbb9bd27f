"""A proven identity meets its login: linked with confirmation, made anew, never silently."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.models import LoginFailures, User
from jingkai.kernel.accounts.testing import BACKEND, PASSWORD, code_of, log_in, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.exchange.testing import listed
from jingkai.kernel.federation.models import Arrival, Link, Provider
from jingkai.kernel.federation.operations import forget_old
from jingkai.kernel.federation.testing import ENGLISH, Identities
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
FIRST = "/accounts/unified-first/"


def post(client: Client, act: str, **given: str) -> Any:
    """Send one of the first page's forms."""
    page = client.get(FIRST).content.decode()
    part = page.split(f'action="{FIRST}{act}/"', 1)[1].split("</form>", 1)[0]
    found = re.search(r'name="_once" value="([^"]+)"', part)
    return client.post(f"{FIRST}{act}/", {**given, **({"_once": found[1]} if found else {})})


def actions(user: User) -> list[str]:
    return [entry.action for entry in entries_of(user)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_log_in_page_offers_the_platform(client: Client, identities: Identities, language: str) -> None:
    page = client.get("/accounts/login/", headers={"accept-language": language}).content.decode()
    assert ("省统一身份认证" in page) == (language == "zh-hans")
    assert ("Provincial log-in" in page) == (language == "en")
    assert 'href="/accounts/unified/province/"' in page


def test_the_first_log_in_makes_a_login_and_the_next_one_uses_it(
    client: Client, identities: Identities
) -> None:
    assert identities.sign_in(client, "zhang")["Location"] == FIRST
    page = client.get(FIRST, headers=ENGLISH).content.decode()
    assert "13812340001" not in page
    assert "138****0001" in page
    assert ("张**" in page, "张晓岚" in page) == (True, False)
    assert post(client, "new").status_code == 422
    assert post(client, "new", agreed="1")["Location"] == "/accounts/"
    user = User.objects.get()
    assert (user.person.party.name, user.person.phone) == ("张晓岚", "13812340001")
    assert user.kind == "enterprise"
    assert not user.has_usable_password()
    assert actions(user) == ["login.created", "login.linked", "login.proven_elsewhere", "login.succeeded"]
    assert client.get("/accounts/", headers=ENGLISH).status_code == 200
    assert Arrival.objects.get().identity == ""
    other = Client()
    assert identities.sign_in(other, "zhang", next="/my/")["Location"] == "/my/"
    assert User.objects.count() == 1
    assert other.get("/accounts/").status_code == 200


def test_an_unproven_phone_needs_a_code(client: Client, identities: Identities, sms_provider: Any) -> None:
    identities.sign_in(client, "wen")
    assert post(client, "new", agreed="1", code="000000").status_code != 302
    post(client, "code")
    page = client.get(FIRST, headers=ENGLISH).content.decode()
    assert re.search(r"1\d\d\*{4}\d{4}", page)
    assert not re.search(r"(?<!\d)1\d{10}(?!\d)", page)
    assert post(client, "new", agreed="1", code=_code(sms_provider))["Location"] == "/accounts/"


def _code(provider: Any) -> str:
    from jingkai.kernel.events.api import run_jobs

    run_jobs()
    newest = max(provider.store.all(), key=lambda message: message["received"])
    return re.search(r"\d{6}", str(newest["params"]))[0]


def test_a_login_with_the_phone_is_linked_by_a_code_only(
    client: Client, identities: Identities, cast: Cast, sms_provider: Any
) -> None:
    user = login_of(cast.handler)
    identities.platform.people["zhang"] = {"name": "赵经办", "phone_number": user.person.phone}
    identities.sign_in(client, "zhang")
    page = client.get(FIRST, headers=ENGLISH).content.decode()
    assert "You have a login with this phone" in page
    assert "Make a login" not in page
    assert client.post(f"{FIRST}link/", {"code": "123456"}).status_code != 302
    post(client, "code")
    right = _code(sms_provider)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert client.post(f"{FIRST}link/", {"code": wrong}).status_code != 302
    assert not Link.objects.exists()
    assert "_auth_user_id" not in client.session
    assert client.post(f"{FIRST}link/", {"code": right})["Location"] == "/enterprise/"
    assert Link.objects.get().user == user
    assert Person.objects.filter(party__name="赵经办").count() <= 1
    assert "login.linked" in actions(user)


def test_the_email_links_nobody(client: Client, identities: Identities, cast: Cast) -> None:
    user = login_of(cast.handler)
    person = user.person
    person.email = "somebody.else@demo.example"
    person.save()
    identities.sign_in(client, "zhang")
    page = client.get(FIRST, headers=ENGLISH).content.decode()
    assert "You have a login with this phone" not in page
    assert "I am new here" in page
    assert not Link.objects.exists()


def test_a_password_links_and_wrong_ones_lock(client: Client, identities: Identities, cast: Cast) -> None:
    user = login_of(cast.handler)
    identities.sign_in(client, "zhang")
    given = {"login": user.username, "password": "wrong"}
    pages = [client.post(f"{FIRST}password/", given, headers=ENGLISH).content.decode() for _ in range(5)]
    assert "is locked until" in pages[-1]
    LoginFailures.objects.all().delete()
    given["password"] = PASSWORD
    assert client.post(f"{FIRST}password/", given)["Location"] == "/enterprise/"
    assert Link.objects.get().how == "password"


def test_staff_are_not_linked_from_outside_nor_let_in(
    client: Client, identities: Identities, cast: Cast, sms_provider: Any
) -> None:
    user = login_of(cast.clerk)
    identities.platform.people["zhang"] = {"name": "李受理", "phone_number": user.person.phone}
    identities.sign_in(client, "zhang")
    page = client.get(FIRST, headers=ENGLISH).content.decode()
    assert f'action="{FIRST}code/"' not in page
    assert f'action="{FIRST}new/"' not in page
    given = {"login": user.username, "password": PASSWORD}
    assert (
        "cannot be linked here" in client.post(f"{FIRST}password/", given, headers=ENGLISH).content.decode()
    )
    assert not Link.objects.exists()
    assert "_auth_user_id" not in client.session


def test_staff_link_on_their_own_page_where_the_setting_says_so(
    client: Client, identities: Identities, cast: Cast
) -> None:
    user = log_in(client, cast.clerk)
    assert client.get("/accounts/unified/province/link/").status_code == 409
    Provider.objects.update(for_staff=True)
    back = identities.choose("zhang", identities.go(client, link=True))
    assert identities.come_back(client, back)["Location"] == FIRST
    assert post(client, "own")["Location"] == "/accounts/"
    other = Client()
    assert identities.sign_in(other, "zhang")["Location"] == "/desk"
    Provider.objects.update(for_staff=False)
    assert identities.sign_in(Client(), "zhang")["Location"] == "/accounts/login/"
    assert Link.objects.get().user == user


def test_a_second_factor_is_asked_for_all_the_same(
    client: Client, identities: Identities, cast: Cast
) -> None:
    user = login_of(cast.handler)
    accounts.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    log_in(client, cast.handler)
    back = identities.choose("zhang", identities.go(client, link=True))
    identities.come_back(client, back)
    assert post(client, "own")["Location"] == "/accounts/"
    other = Client()
    assert identities.sign_in(other, "zhang")["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in other.session
    assert other.post("/accounts/2fa/authenticate/", {"code": code_of(user)}).status_code == 302
    assert other.session["_auth_user_id"] == str(user.pk)


def test_a_login_with_a_second_factor_is_not_linked_by_less(
    client: Client, identities: Identities, cast: Cast
) -> None:
    user = login_of(cast.handler)
    accounts.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    identities.platform.people["zhang"] = {"name": "赵经办", "phone_number": user.person.phone}
    identities.sign_in(client, "zhang")
    page = client.post(f"{FIRST}password/", {"login": user.username, "password": PASSWORD}, headers=ENGLISH)
    assert "cannot be linked here" in page.content.decode()
    assert not Link.objects.exists()


def test_one_identity_has_one_login_and_a_closed_login_stays_closed(
    client: Client, identities: Identities, cast: Cast
) -> None:
    log_in(client, cast.handler)
    identities.come_back(client, identities.choose("zhang", identities.go(client, link=True)))
    post(client, "own")
    other = Client()
    log_in(other, cast.other_handler)
    identities.come_back(other, identities.choose("zhang", identities.go(other, link=True)))
    assert post(other, "own").status_code == 409
    assert Link.objects.count() == 1
    accounts.set_login_active(user=login_of(cast.handler), active=False, by=SYSTEM, at=cast.at)
    assert identities.sign_in(Client(), "zhang")["Location"] == "/accounts/inactive/"


def test_the_enterprise_of_the_identity_is_acted_for_when_ticked(
    client: Client, identities: Identities, cast: Cast
) -> None:
    identities.sign_in(client, "qiu")
    assert post(client, "new", agreed="1", enterprise="1")["Location"] == "/enterprise/"
    assert client.get("/enterprise/").status_code == 200
    person = User.objects.get().person
    found = person.representations.get()
    assert (found.role, found.party.name) == ("legal_representative", "示范线路板有限公司")


def test_a_further_enterprise_is_asked_for_at_the_next_log_in(client: Client, identities: Identities) -> None:
    identities.sign_in(client, "zhang")
    post(client, "new", agreed="1")
    people = identities.platform.people
    people["zhang"] = {
        **people["zhang"],
        "uscc": "91320826MA1P9XKD4G",
        "enterprise_name": "示范线路板有限公司",
    }
    other = Client()
    assert identities.sign_in(other, "zhang")["Location"] == FIRST
    assert "_auth_user_id" not in other.session
    assert post(other, "enterprise", enterprise="1")["Location"] == "/enterprise/"
    assert User.objects.get().person.representations.get().role == "handler"
    assert identities.sign_in(Client(), "zhang")["Location"] == "/enterprise/"


def test_unlinking_keeps_a_way_in(client: Client, identities: Identities, cast: Cast) -> None:
    identities.sign_in(client, "zhang")
    post(client, "new", agreed="1")
    assert _unlink(client).status_code == 409
    user = User.objects.get()
    user.set_password(PASSWORD)
    user.save()
    client.force_login(User.objects.get(), backend=BACKEND)
    assert _unlink(client)["Location"] == "/accounts/"
    assert "login.unlinked" in actions(user)
    assert identities.sign_in(Client(), "zhang")["Location"] == FIRST


def _unlink(client: Client) -> Any:
    page = client.get("/accounts/").content.decode()
    path = re.search(r'action="(/accounts/unified-links/[^"]+)"', page)[1]
    part = page.split(path, 1)[1]
    return client.post(path, {"_once": re.search(r'name="_once" value="([^"]+)"', part)[1]})


def test_signing_out_leads_to_the_platforms_own_sign_out(client: Client, identities: Identities) -> None:
    identities.sign_in(client, "zhang")
    post(client, "new", agreed="1")
    answer = client.post("/accounts/logout/")
    assert answer["Location"] == "/accounts/unified/province/left/"
    page = client.get(answer["Location"], headers=ENGLISH).content.decode()
    assert f"{identities.platform.issuer}/logout?client_id=jingkai" in page
    identities.platform.fault = "down"
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/accounts/").status_code == 302


def test_what_was_proven_is_forgotten(client: Client, identities: Identities, cast: Cast) -> None:
    from datetime import timedelta

    from django.utils import timezone

    identities.sign_in(client, "zhang")
    assert forget_old(at=timezone.now()) == 0
    assert forget_old(at=timezone.now() + timedelta(hours=1)) == 2
    assert client.get(FIRST)["Location"] == "/accounts/login/"


def test_another_issuer_under_the_same_entry_knows_nobody(client: Client, identities: Identities) -> None:
    """Where an administrator names another platform, its numbers are other people."""
    identities.sign_in(client, "zhang")
    post(client, "new", agreed="1")
    Provider.objects.update(issuer=identities.platform.issuer.replace("127.0.0.1", "localhost"))
    identities.platform.issuer = Provider.objects.get().issuer
    with listed(identities.platform.issuer, "login"):
        assert identities.sign_in(Client(), "zhang")["Location"] == FIRST
