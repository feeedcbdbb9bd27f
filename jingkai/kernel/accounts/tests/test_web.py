"""The administrators' pages of people, logins, units, posts, roles, delegations; wrong people are refused."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.accounts import rules
from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import PASSWORD, log_in, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.models import Appointment, Delegation, Park, Role, Unit
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.api import mask_phone, register_person
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.api import SYSTEM

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


def send(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    page = client.get(url, headers=EN)
    found = re.search(r'name="_once" value="([^"]+)"', page.content.decode())
    assert found, (page.status_code, page.content.decode()[:1500])
    return client.post(url, {**(data or {}), "_once": found.group(1)}, headers=EN)


def of(cast: Cast, name: str) -> Client:
    client = Client()
    log_in(client, cast.actor(name))
    return client


PAGES = {
    "/system/people": "system_admin",
    "/system/people/new": "system_admin",
    "/system/logins": "security_admin",
    "/system/logins/policy": "security_admin",
    "/system/units": "system_admin",
    "/system/units/new": "system_admin",
    "/system/posts": "system_admin",
    "/system/roles": "security_admin",
    "/system/roles/new": "security_admin",
    "/system/parks": "system_admin",
    "/system/parks/new": "system_admin",
    "/system/delegations": "system_admin",
    "/system/delegations/new": "system_admin",
    "/desk/delegations": "clerk",
    "/desk/delegations/new": "clerk",
    "/accounts/": "handler",
    "/accounts/sessions/": "clerk",
    "/accounts/2fa/": "clerk",
    "/accounts/2fa/passkeys/": "clerk",
    "/accounts/password/change/": "clerk",
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_open_for_the_right_person(cast: Cast, language: str) -> None:
    clients = {name: of(cast, name) for name in set(PAGES.values())}
    for url, name in PAGES.items():
        page = clients[name].get(url, headers={"accept-language": language})
        assert page.status_code == 200, url


@pytest.mark.parametrize("name", ["clerk", "audit_admin", "handler"])
def test_pages_of_administrators_are_closed_to_others(cast: Cast, name: str) -> None:
    client = of(cast, name)
    for url in [url for url in PAGES if url.startswith("/system/")]:
        assert client.get(url).status_code == 403, url


def test_administrators_do_not_open_each_others_pages(cast: Cast) -> None:
    system, security = of(cast, "system_admin"), of(cast, "security_admin")
    for url in ("/system/logins", "/system/logins/policy", "/system/roles", "/system/roles/new"):
        assert system.get(url).status_code == 403, url
    for url in ("/system/people/new", "/system/units/new", "/system/parks", "/system/delegations"):
        assert security.get(url).status_code == 403, url


def test_visitor_is_sent_to_sign_in(cast: Cast) -> None:
    for url in PAGES:
        assert Client().get(url)["Location"].startswith("/accounts/login/"), url


def test_person_is_entered_with_a_one_time_password_shown_once(cast: Cast) -> None:
    client = of(cast, "system_admin")
    given = {
        "name": "吴新人",
        "phone": "137-1234-5678",
        "language": "zh-hans",
        "post": cast.post("clerk").pk,
        "starts_on": cast.on.isoformat(),
        "username": "10099",
    }
    page = client.get(send(client, "/system/people/new", given)["Location"], headers=EN).content.decode()
    word = re.findall(r"<code>([^<]+)</code>", page)[0]
    user = User.objects.get(username="10099")
    assert user.must_change_password
    assert user.check_password(word)
    assert "137****5678" in page
    person = user.person
    assert person is not None
    assert word not in client.get(f"/system/people/{person.party.uuid}").content.decode()
    assert organisation.posts_of(person.pk, cast.on).count() == 1
    assert word not in str([entry.facts for entry in entries_of(user)])


def test_visitors_of_the_hall_do_not_stand_among_the_staff(cast: Cast) -> None:
    register_person(phone="13700000077", name="来访群众 A001", language="zh-hans", by=SYSTEM, at=cast.at)
    client = of(cast, "system_admin")
    for shown, is_there in (("", False), ("none", True), ("1", False)):
        page = client.get("/system/people", {"gone": shown}).content.decode()
        assert ("来访群众 A001" in page) is is_there, shown


def test_username_in_use_keeps_what_was_typed(cast: Cast) -> None:
    taken = login_of(cast.clerk).username
    reply = send(
        of(cast, "system_admin"),
        "/system/people/new",
        {"name": "吴新人", "language": "en", "username": taken},
    )
    page = reply.content.decode()
    assert "is already in use" in page
    assert "吴新人" in page
    assert not Person.objects.filter(party__name="吴新人").exists()


def test_contacts_stay_masked_and_kept_where_they_are_changed(cast: Cast) -> None:
    client, person = of(cast, "system_admin"), cast.person("clerk")
    url, phone, email = f"/system/people/{person.party.uuid}/edit", person.phone, person.email
    page = client.get(url).content.decode()
    assert (phone in page, email in page, mask_phone(phone) in page) == (False, False, True)
    given = {"name": "李受理", "language": "zh-hans", "version": person.party.version}
    assert send(client, url, given).status_code == 302
    person = Person.objects.select_related("party").get(pk=person.pk)
    assert (person.phone, person.email) == (phone, email)
    given = {**given, "email": "new@example.gov.cn", "forget": "on", "version": person.party.version}
    assert send(client, url, given).status_code == 302
    person = Person.objects.get(pk=person.pk)
    assert (person.phone, person.email) == ("", "new@example.gov.cn")


def test_stale_person_form_is_told_and_can_be_saved(cast: Cast) -> None:
    client, person = of(cast, "system_admin"), cast.person("clerk")
    url = f"/system/people/{person.party.uuid}/edit"
    given = {"name": "李受理", "phone": "13911112222", "language": "zh-hans", "version": person.party.version}
    assert send(client, url, given).status_code == 302
    page = send(client, url, {**given, "phone": "13911113333"}).content.decode()
    assert "Somebody else changed this" in page
    assert "13911113333" in page
    assert ("139****2222" in page, "13911112222" in page, person.email in page) == (True, False, False)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert (
        send(client, url, {**given, "phone": "13911113333", "version": version.group(1)}).status_code == 302
    )


def test_appointing_to_a_second_administration_is_refused(cast: Cast) -> None:
    client, person = of(cast, "system_admin"), cast.person("audit_admin")
    given = {"post": cast.post("system_admin").pk, "starts_on": cast.on.isoformat()}
    page = send(client, f"/system/people/{person.party.uuid}/appoint", given).content.decode()
    assert "two of system, security and audit administrator" in page
    assert Appointment.objects.filter(person=person).count() == 1


def test_appointment_is_ended_and_taken_back(cast: Cast) -> None:
    client = of(cast, "system_admin")
    row = Appointment.objects.get(person=cast.person("clerk"))
    given = {"ends_on": cast.on.isoformat(), "version": row.version}
    assert send(client, f"/system/appointments/{row.uuid}/end", given).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == cast.on
    assert send(client, f"/system/appointments/{row.uuid}/void", {"reason": "录错"}).status_code == 302
    assert cast.actor("clerk", cast.on).post_ids == ()


def test_who_leaves_is_out_at_once(cast: Cast) -> None:
    clerk = of(cast, "clerk")
    assert clerk.get("/accounts/").status_code == 200
    client, person = of(cast, "system_admin"), cast.person("clerk")
    assert send(client, f"/system/people/{person.party.uuid}/leave").status_code == 302
    assert clerk.get("/accounts/").status_code == 302
    assert cast.actor("clerk", cast.on).permissions == frozenset()
    assert send(client, f"/system/people/{person.party.uuid}/return").status_code == 302
    assert User.objects.get(person=person).is_active


def test_contacts_are_masked_and_a_look_is_recorded(cast: Cast) -> None:
    cast.empower("head_fire", "parties.reveal", "organisation.read_directory")
    client, person = of(cast, "head_fire"), cast.person("clerk")
    page = client.get(f"/system/people/{person.party.uuid}").content.decode()
    assert person.phone not in page
    reply = send(client, f"/system/people/{person.party.uuid}/contact", {"reason": "紧急联系"})
    assert person.phone in client.get(reply["Location"]).content.decode()
    assert list(entries_of(person.party))[-1].action == "person.contact_revealed"
    assert of(cast, "clerk").get(f"/system/people/{person.party.uuid}/contact").status_code == 403


def test_security_administrator_unlocks_resets_and_signs_out(cast: Cast) -> None:
    user, other = login_of(cast.clerk), Client()
    other.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    other.get("/accounts/")
    wrong = Client()
    for _ in range(5):
        wrong.post("/accounts/login/", {"login": user.username, "password": "wrong"})
    client = of(cast, "security_admin")
    assert "Locked" in client.get("/system/logins", headers=EN).content.decode()
    assert send(client, f"/system/logins/{user.uuid}/unlock").status_code == 302
    assert "Locked" not in client.get("/system/logins", headers=EN).content.decode()
    assert send(client, f"/system/logins/{user.uuid}/sign-out").status_code == 302
    assert other.get("/accounts/").status_code == 302
    page = client.get(send(client, f"/system/logins/{user.uuid}/reset")["Location"]).content.decode()
    user.refresh_from_db()
    assert user.check_password(re.findall(r"<code>([^<]+)</code>", page)[0])
    assert client.get(f"/system/logins/{user.uuid}/explode").status_code == 404


def test_everybody_is_signed_out_but_who_does_it(cast: Cast) -> None:
    client, clerk = of(cast, "security_admin"), of(cast, "clerk")
    for one in (client, clerk):
        assert one.get("/accounts/").status_code == 200
    assert clerk.get("/system/logins/sign-out-everybody").status_code == 403
    assert (
        send(client, "/system/logins/sign-out-everybody", {"reason": "演练"})["Location"] == "/system/logins"
    )
    assert clerk.get("/accounts/").status_code == 302
    assert client.get("/accounts/").status_code == 200
    entry = entries_of(login_of(cast.security_admin)).last()
    assert entry is not None
    assert (entry.action, entry.facts["reason"]) == ("login.everybody_signed_out", "演练")


def test_nobody_resets_their_own_login(cast: Cast) -> None:
    client = of(cast, "security_admin")
    own = login_of(cast.security_admin)
    page = send(client, f"/system/logins/{own.uuid}/reset")
    assert page.status_code == 409
    assert "your own login" in page.content.decode()


def test_policy_is_set_and_counts_at_once(cast: Cast) -> None:
    client = of(cast, "security_admin")
    given = {field.name: getattr(rules.SecurityPolicy(), field.name) for field in rules.POLICY_RULE.fields}
    reply = send(client, "/system/logins/policy", {**given, "min_length": 8, "source": "管委会令"})
    assert reply.status_code != 302
    for length in (14, 16):
        reply = send(client, "/system/logins/policy", {**given, "min_length": length, "source": "管委会令"})
        assert reply.status_code == 302
    rules.forget_policy()
    assert rules.policy_at(cast.at).min_length == 16
    further = {"second_factor_staff": "on", "session_hours": 8, "refused_words": "园区 gaoxin"}
    assert send(client, "/system/logins/policy", {**given, **further, "source": "令"}).status_code == 302
    rules.forget_policy()
    found = rules.policy_at(cast.at)
    assert (found.second_factor_staff, found.session_hours, found.refused_words) == (True, 8, "园区 gaoxin")
    assert "gaoxin" in rules.refused_words(None, cast.at)
    rules.forget_policy()


def test_unit_and_post_are_made_and_roles_put_by_the_other_administrator(cast: Cast) -> None:
    system, security = of(cast, "system_admin"), of(cast, "security_admin")
    parent = cast.units["committee"]
    assert system.get("/system/units/new", {"parent": "garbage"}).status_code == 200
    given = {"name": "企业服务局", "code": "service", "kind": "bureau", "parent": parent.pk, "order": 5}
    unit_url = send(system, "/system/units/new", given)["Location"]
    assert Unit.objects.get(code="service").parent == parent
    again = send(system, "/system/units/new", {**given, "name": "别的局"}).content.decode()
    assert "is already in use" in again
    assert "别的局" in again
    post_url = send(system, f"{unit_url}/posts/new", {"title": "帮办专员", "order": 1})["Location"]
    assert system.get(f"{post_url}/roles").status_code == 403
    role = Role.objects.get(code="clerk")
    version = re.search(r'name="version" value="(\d+)"', security.get(f"{post_url}/roles").content.decode())
    assert version
    assert (
        send(security, f"{post_url}/roles", {"roles": [role.pk], "version": version.group(1)}).status_code
        == 302
    )
    assert "Window clerk" in system.get(post_url, headers=EN).content.decode()


def test_unit_in_use_is_kept_with_a_sentence(cast: Cast) -> None:
    reply = send(of(cast, "system_admin"), f"/system/units/{cast.units['fire'].party.uuid}/retire")
    assert reply.status_code == 409
    assert "People still hold posts here" in reply.content.decode()


def test_units_are_found_by_pinyin(cast: Cast) -> None:
    page = of(cast, "system_admin").get("/system/units", {"q": "renfang".replace("renfang", "ren min fang")})
    assert "人民防空办公室派驻组" in page.content.decode()


def test_role_matrix_and_editor(cast: Cast) -> None:
    client = of(cast, "security_admin")
    assert "organisation.see_zone" in client.get("/system/roles").content.decode()
    url = send(client, "/system/roles/new", {"name": "观察员", "code": "observer"})["Location"]
    role = Role.objects.get(code="observer")
    page = client.get(url).content.decode()
    assert "organisation.manage_units" not in page
    given = {"name": "观察员", "permissions": ["organisation.see_zone"], "version": role.version}
    assert send(client, url, given).status_code == 302
    forbidden = {**given, "permissions": ["organisation.manage_units"], "version": role.version + 1}
    assert send(client, url, forbidden).status_code == 422
    role.refresh_from_db()
    assert role.permissions == ["organisation.see_zone"]


def test_park_is_added(cast: Cast) -> None:
    given = {"name": "东区", "code": "east", "order": 1, "active": "on", "version": 0}
    assert send(of(cast, "system_admin"), "/system/parks/new", given).status_code == 302
    assert Park.objects.get().name == "东区"


def test_delegation_for_oneself_and_ended_early(cast: Cast) -> None:
    client, taker = of(cast, "deputy_director"), cast.person("approval_head")
    given = {
        "to_person": taker.pk,
        "starts_on": cast.on.isoformat(),
        "ends_on": (cast.on + timedelta(days=3)).isoformat(),
        "reason": "出差",
    }
    assert send(client, "/desk/delegations/new", given).status_code == 302
    row = Delegation.objects.get()
    assert "吴审批" in client.get("/desk/delegations").content.decode()
    loop = {**given, "to_person": cast.person("deputy_director").pk}
    page = send(of(cast, "approval_head"), "/desk/delegations/new", loop).content.decode()
    assert "back to the same person" in page
    assert of(cast, "clerk").get(f"/desk/delegations/{row.uuid}/end").status_code == 404
    assert send(client, f"/desk/delegations/{row.uuid}/end").status_code == 302
    row.refresh_from_db()
    assert row.state == "ended"


def test_delegation_for_another_by_the_system_administrator(cast: Cast) -> None:
    given = {
        "from_person": cast.person("leader").pk,
        "to_person": cast.person("deputy_director").pk,
        "starts_on": cast.on.isoformat(),
        "ends_on": cast.on.isoformat(),
        "reason": "住院",
    }
    assert send(of(cast, "system_admin"), "/system/delegations/new", given).status_code == 302
    assert Delegation.objects.get().created_by_id == cast.person("system_admin").pk


def test_replayed_form_enters_one_person(cast: Cast) -> None:
    client = of(cast, "system_admin")
    page = client.get("/system/people/new").content.decode()
    once = re.search(r'name="_once" value="([^"]+)"', page)
    assert once
    given = {"name": "吴新人", "language": "zh-hans", "_once": once.group(1)}
    replies = {client.post("/system/people/new", given)["Location"] for _ in range(5)}
    assert len(replies) == 1
    assert Person.objects.filter(party__name="吴新人").count() == 1


def test_forgotten_password_looks_the_same_for_everybody(cast: Cast) -> None:
    for name in ("no-such-login", login_of(cast.system_admin).username, login_of(cast.clerk).username):
        client = Client()
        reply = send(client, "/accounts/password/reset/", {"login": name})
        assert reply["Location"] == "/accounts/password/reset/code/"
        given = {"code": "000000", "password1": "Brand-new-word-7", "password2": "Brand-new-word-7"}
        page = send(client, "/accounts/password/reset/code/", given).content.decode()
        assert "wrong or no longer counts" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_administrator_sees_what_a_release_added(
    cast: Cast, declared_by_release: Callable[..., None], client: Client, language: str
) -> None:
    log_in(client, cast.security_admin)
    headers = {"accept-language": language}
    address = reverse("organisation:role_releases")
    assert "1 new right" not in client.get(reverse("organisation:roles"), headers=headers).content.decode()
    declared_by_release("leader", "organisation.manage_delegations")
    declared_by_release("clerk", "inbox.see_zone")
    organisation.take_up_release(release="2.7", by=SYSTEM, at=cast.at)
    Role.objects.filter(code="clerk").update(permissions=[])
    told = client.get(reverse("organisation:roles"), headers=headers).content.decode()
    assert {"zh-hans": "新增了 2 项权限", "en": "2 new rights"}[language] in told
    page = client.get(address, headers=headers).content.decode()
    assert "2.7" in page
    assert {"zh-hans": "本区已收回", "en": "Taken away by the zone"}[language] in page
    log_in(client, cast.system_admin)
    assert client.get(address).status_code == 403
