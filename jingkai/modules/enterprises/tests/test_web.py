"""Registering, joining, the own page and the registry, as people meet them."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from jingkai.kernel.accounts.models import User
from jingkai.kernel.accounts.testing import PASSWORD, log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.notices.models import PhoneCheck
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.api import representations_of
from jingkai.modules.enterprises.data import body_check_character, check_character
from jingkai.modules.enterprises.models import CodeException, Enterprise, Invitation, Registration
from jingkai.modules.enterprises.testing import enrol, fresh_code, make_enterprise

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
BAD_CHECK = "91350211M0000XUF46"


def send(client: Client, url: str, data: dict[str, Any] | None = None, **extra: Any) -> Any:
    """Open a page, take its one-time mark, and send its form."""
    page = client.get(url, headers=EN)
    found = re.search(r'name="_once" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()[:2000]
    return client.post(url, {**(data or {}), "_once": found.group(1)}, headers=EN, **extra)


def filled(**changes: str) -> dict[str, str]:
    return {
        "uscc": fresh_code(),
        "name": "今禾食品有限公司",
        "legal_representative": "陈立群",
        "address": "迎宾大道 18 号",
        "role": "handler",
        "handler_name": "陈浩",
        "phone": "138 0000 4567",
        "email": "chen@example.com",
        "username": "jinhe",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "consent": "on",
        **changes,
    }


def newest_code() -> str:
    return PhoneCheck.objects.latest("pk").code


@pytest.fixture
def zone(cast: Cast, sms_provider: Any) -> Cast:
    return cast


def test_enterprise_registers_and_signs_in(client: Client, zone: Cast) -> None:
    given = filled()
    assert send(client, "/register", given)["Location"] == "/register/phone"
    assert "138****4567" in client.get("/register/phone").content.decode()
    assert not Enterprise.objects.filter(uscc=given["uscc"]).exists()
    assert send(client, "/register/phone", {"code": newest_code()})["Location"] == "/accounts/login/"
    row = Enterprise.objects.get(uscc=given["uscc"])
    assert row.party.name == "今禾食品有限公司"
    assert [item.role for item in representations_of(row.pk)] == ["handler"]
    assert Registration.objects.get().filled_in == ""
    signed = client.post("/accounts/login/", {"login": "13800004567", "password": PASSWORD})
    assert signed["Location"] == "/enterprise/"
    page = client.get("/enterprise/").content.decode()
    assert "今禾食品有限公司" in page
    assert "138****4567" in page
    assert "13800004567" not in page


def test_code_arrives_at_the_phone(client: Client, zone: Cast, sms_provider: Any) -> None:
    send(client, "/register", filled())
    expected = newest_code()
    run_jobs()
    assert expected in str(list(sms_provider.store.all()))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91350100M000100Y4Z", "“Z” at position 18 does not occur"),
        (BAD_CHECK, "should be “R”, not “6”"),
        ("91350100M000100", "has 18 characters; this one has 15"),
        ("91350100MO00100Y43", "“O” at position 10"),
    ],
)
def test_wrong_codes_are_explained_and_nothing_typed_is_lost(
    client: Client, zone: Cast, code: str, words: str
) -> None:
    page = send(client, "/register", filled(uscc=code)).content.decode()
    assert words in page
    assert "陈立群" in page
    assert code in page
    live = client.get("/register/code", {"uscc": code}, headers=EN).content.decode()
    assert words in live


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("", "必填", "required"),
        ("91350100M000100", "18 位", "has 18 characters; this one has 15"),
        ("91350100MO00100Y43", "第 10 位的“O”不是代码可用字符", "“O” at position 10 does not occur"),
        ("913A0100M000100Y43", "第 4 位的“A”", "“A” at position 4 must be a digit"),
        (BAD_CHECK, "第 18 位校验码应为“R”，而非“6”", "position 18 should be “R”, not “6”"),
        ("<b>91350100M000100", "第 1 位的“&lt;”", "“&lt;” at position 1"),
    ],
)
def test_every_fault_of_a_code_is_explained_in_both_languages(
    client: Client, zone: Cast, code: str, chinese: str, english: str
) -> None:
    for words, language in ((chinese, "zh-hans"), (english, "en")):
        headers = {"accept-language": language}
        page = client.get("/register", headers=headers).content.decode()
        found = re.search(r'name="_once" value="([^"]+)"', page)
        assert found
        answer = client.post("/register", {**filled(uscc=code), "_once": found.group(1)}, headers=headers)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not Registration.objects.exists()


def test_wrong_organisation_code_inside_a_code_is_explained_in_both_languages(
    client: Client, zone: Cast
) -> None:
    wrong = "1" if body_check_character("MA1TE7T0") != "1" else "2"
    first = f"91320826MA1TE7T0{wrong}"
    code = first + check_character(first)
    for language, words in (
        ("zh-hans", "第 17 位主体标识码校验位应为"),
        ("en", "organisation code at position 17"),
    ):
        page = client.get("/register/code", {"uscc": code}, headers={"accept-language": language})
        assert words in page.content.decode()


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "wide"])
def test_duplicate_code_is_told_in_both_languages_however_it_is_typed(
    client: Client, zone: Cast, typed: str
) -> None:
    row = make_enterprise("邻居机械有限公司")
    wide = "".join(chr(ord(character) + 0xFEE0) for character in row.uscc)
    code = {"lower": row.uscc.lower(), "wide": wide}.get(typed, typed.format(row.uscc))
    for language, words in (
        ("zh-hans", "该统一社会信用代码已由邻居机械有限公司注册。"),
        ("en", "邻居机械有限公司 is already registered with this code."),
    ):
        page = client.get("/register/code", {"uscc": code}, headers={"accept-language": language})
        assert words in page.content.decode()
    assert "邀请您" in client.get("/register/code", {"uscc": code}).content.decode()
    answer = send(client, "/register", filled(uscc=code))
    assert answer.status_code == 422
    assert not Registration.objects.exists()


def test_duplicate_code_says_how_to_join(client: Client, zone: Cast) -> None:
    row = make_enterprise("邻居机械有限公司")
    page = send(client, "/register", filled(uscc=row.uscc)).content.decode()
    assert "邻居机械有限公司 is already registered" in page
    assert "ask its legal representative or a handler to invite you" in page


def test_two_registrations_of_one_code_make_one_enterprise(client: Client, zone: Cast) -> None:
    given, other = filled(), Client()
    send(client, "/register", given)
    mine = newest_code()
    send(other, "/register", {**given, "username": "second", "phone": "13800009999"})
    theirs = newest_code()
    assert send(client, "/register/phone", {"code": mine}).status_code == 302
    page = send(other, "/register/phone", {"code": theirs})
    assert "is already registered" in page.content.decode()
    assert Enterprise.objects.filter(uscc=given["uscc"]).count() == 1
    assert not User.objects.filter(username="second").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "12345"}, "A mobile number has 11 digits"),
        ({"password1": "short", "password2": "short"}, "at least 10 characters"),
        ({"password2": "Another-horse-9"}, "The two passwords differ"),
        ({"username": "李"}, "beginning with a letter"),
        ({"consent": ""}, "Without this consent"),
    ],
)
def test_other_faults_are_named(client: Client, zone: Cast, changes: dict[str, str], words: str) -> None:
    page = send(client, "/register", filled(**changes)).content.decode()
    assert words in page
    assert not Registration.objects.exists()


def test_wrong_code_from_the_phone_registers_nothing(client: Client, zone: Cast) -> None:
    given = filled()
    send(client, "/register", given)
    right = newest_code()
    wrong = "000000" if right != "000000" else "111111"
    assert "code is wrong" in send(client, "/register/phone", {"code": wrong}).content.decode()
    assert not Enterprise.objects.filter(uscc=given["uscc"]).exists()
    assert send(client, "/register/phone", {"code": right}).status_code == 302


def test_admitted_code_registers_with_its_reason(client: Client, zone: Cast) -> None:
    officer = Client()
    log_in(officer, zone.clerk)
    reply = send(officer, "/enterprises/codes", {"uscc": BAD_CHECK, "reason": "执照原件已核对"})
    assert reply.status_code == 302
    row = CodeException.objects.get(uscc=BAD_CHECK)
    assert [entry.action for entry in entries_of(row)] == ["credit_code.admitted"]
    assert send(client, "/register", filled(uscc=BAD_CHECK))["Location"] == "/register/phone"


def test_code_of_another_shape_is_never_admitted(client: Client, zone: Cast) -> None:
    log_in(client, zone.clerk)
    page = send(client, "/enterprises/codes", {"uscc": "91350100M000100Y4Z", "reason": "x"})
    assert "cannot be admitted" in page.content.decode()
    page = send(client, "/enterprises/codes", {"uscc": "91350100M000100Y43", "reason": "x"})
    assert "needs no exception" in page.content.decode()
    assert not CodeException.objects.exists()


def test_only_holders_of_the_right_admit_codes(client: Client, zone: Cast) -> None:
    log_in(client, zone.officer_fire)
    assert client.get("/enterprises/codes").status_code == 403
    log_in(client, zone.handler)
    assert client.get("/enterprises/codes").status_code == 403
    assert client.get("/enterprises").status_code == 403


def invite(client: Client, url: str = "/enterprise/invite", phone: str = "13700001111") -> str:
    asked = {"name": "新经办", "phone": phone, "role": "handler", "may_apply": "on", "sees": "all"}
    assert send(client, url, asked).status_code == 302
    back = "/enterprise/" if url.startswith("/enterprise/") else url.removesuffix("/invite")
    found = re.search(r"/register/join/[\w-]+", client.get(back).content.decode())
    assert found
    assert found.group() not in client.get(back).content.decode()
    return found.group()


def test_handler_invites_and_the_invited_joins(client: Client, zone: Cast) -> None:
    row = enrol(zone)
    log_in(client, zone.handler)
    link = invite(client)
    newcomer = Client()
    asked = newcomer.get(link).content.decode()
    assert ("137****1111" in asked, "13700001111" in asked) == (True, False)
    given = {key: value for key, value in filled(username="newcomer").items() if key != "phone"}
    assert send(newcomer, link, given)["Location"] == "/register/phone"
    assert "137****1111" in newcomer.get("/register/phone").content.decode()
    assert send(newcomer, "/register/phone", {"code": newest_code()}).status_code == 302
    assert User.objects.get(username="newcomer").person_id in [
        item.person_id for item in representations_of(row.pk)
    ]
    assert newcomer.get(link).status_code == 410
    assert Invitation.objects.get().accepted_at is not None


def test_invited_person_with_a_login_accepts_at_once_and_a_stranger_does_not(
    client: Client, zone: Cast
) -> None:
    row = enrol(zone)
    log_in(client, zone.handler)
    link = invite(client, phone=zone.person("other_handler").phone)
    stranger, invited = Client(), Client()
    log_in(stranger, zone.stranger)
    refused = send(stranger, link)
    assert refused.status_code == 409
    assert "another mobile number" in refused.content.decode()
    log_in(invited, zone.other_handler)
    assert send(invited, link)["Location"] == "/enterprise/"
    zone.forget()
    assert row.pk in zone.other_handler.enterprise_ids


def test_withdrawn_invitation_is_gone(client: Client, zone: Cast) -> None:
    enrol(zone)
    log_in(client, zone.handler)
    link = invite(client)
    row = Invitation.objects.get()
    assert send(client, f"/enterprise/invitations/{row.uuid}/withdraw").status_code == 302
    page = Client().get(link, headers=EN)
    assert page.status_code == 410
    assert "no longer counts" in page.content.decode()


def test_handler_of_another_enterprise_can_touch_nothing(client: Client, zone: Cast) -> None:
    enrol(zone)
    owner = Client()
    log_in(owner, zone.handler)
    invite(owner)
    log_in(client, zone.other_handler)
    invitation = Invitation.objects.get()
    mine = representations_of(zone.enterprise.pk).get(person=zone.person("handler"))
    assert client.get(f"/enterprise/invitations/{invitation.uuid}/withdraw").status_code == 404
    assert client.get(f"/enterprise/handlers/{mine.uuid}/remove").status_code == 404
    assert client.get(f"/enterprises/{zone.enterprise.uuid}").status_code == 403


def test_removed_handler_is_out_at_once(client: Client, zone: Cast) -> None:
    enrol(zone)
    log_in(client, zone.legal_representative)
    other = Client()
    log_in(other, zone.handler)
    assert other.get("/enterprise/").status_code == 200
    row = representations_of(zone.enterprise.pk).get(person=zone.person("handler"))
    assert send(client, f"/enterprise/handlers/{row.uuid}/remove", {"reason": "离职"}).status_code == 302
    assert other.get("/enterprise/").status_code == 403


def test_last_handler_stays_unless_an_officer_removes_them(client: Client, zone: Cast) -> None:
    enrol(zone)
    log_in(client, zone.other_handler)
    row = representations_of(zone.other_enterprise.pk).get()
    page = send(client, f"/enterprise/handlers/{row.uuid}/remove", {"reason": "x"})
    assert "is the only person who acts" in page.content.decode()
    log_in(client, zone.clerk)
    assert send(client, f"/enterprise/handlers/{row.uuid}/remove", {"reason": "x"}).status_code == 302


def test_own_facts_are_corrected_and_a_stale_form_is_told(client: Client, zone: Cast) -> None:
    row = enrol(zone)
    log_in(client, zone.handler)
    given = {"name_en": "Model Co.", "address": "新址 9 号", "industry": "C1432 饼干", "version": row.version}
    page = send(client, "/enterprise/edit", {**given, "industry": "C9999"})
    assert "There is no industry" in page.content.decode()
    assert send(client, "/enterprise/edit", given)["Location"] == "/enterprise/"
    row.refresh_from_db()
    assert (row.address, row.industry) == ("新址 9 号", "C1432")
    stale = send(client, "/enterprise/edit", {**given, "address": "更新 10 号"}).content.decode()
    assert "Somebody else changed this" in stale
    assert "更新 10 号" in stale


def test_officer_lists_searches_exports(client: Client, zone: Cast) -> None:
    make_enterprise("澄光电子科技有限公司")
    make_enterprise("虹锦纺织有限公司")
    log_in(client, zone.officer_fire)
    for text in ("澄光", "chengguang".replace("chengguang", "cheng guang"), "cgdz"):
        page = client.get("/enterprises", {"q": text}).content.decode()
        assert "澄光电子" in page
        assert "虹锦" not in page
    assert "No enterprise found" in client.get("/enterprises", {"q": "没有"}, headers=EN).content.decode()
    reply = client.get("/enterprises/export", {"q": "虹锦"})
    sheet = load_workbook(BytesIO(b"".join(reply.streaming_content))).active
    assert [row[0].value for row in sheet.iter_rows()][1:] == ["虹锦纺织有限公司"]


def test_officer_enters_and_changes_an_enterprise(client: Client, zone: Cast) -> None:
    log_in(client, zone.clerk)
    code = fresh_code()
    given = {"uscc": code, "name": "永固建材有限公司", "legal_representative": "何大", "industry": "C3021"}
    reply = send(client, "/enterprises/new", given)
    row = Enterprise.objects.get(uscc=code)
    assert reply["Location"] == f"/enterprises/{row.party.uuid}"
    edited = {**given, "legal_representative": "何小", "stage": "producing", "version": row.version}
    assert send(client, f"/enterprises/{row.party.uuid}/edit", edited).status_code == 302
    page = client.get(f"/enterprises/{row.party.uuid}", headers=EN).content.decode()
    assert "何小" in page
    assert "In production" in page
    assert invite(client, f"/enterprises/{row.party.uuid}/invite")


def test_list_pages_by_key_without_losing_anyone(client: Client, zone: Cast) -> None:
    names = [f"同名企业{n % 3}有限公司" for n in range(120)]
    for name in names:
        make_enterprise(name)
    log_in(client, zone.clerk)
    seen, url = [], "/enterprises"
    while url:
        page = client.get(url).content.decode()
        seen += re.findall(r'href="/enterprises/([0-9a-f-]{36})"', page)
        found = re.search(r'href="([^"]*after=[^"]*)"', page)
        url = "/enterprises" + found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 120


def test_handler_sets_a_forgotten_password_by_phone(client: Client, zone: Cast) -> None:
    user = log_in(client, zone.handler)
    other = Client()
    assert send(other, "/accounts/password/reset/", {"login": user.username}).status_code == 302
    given = {"code": "000000", "password1": "Brand-new-word-7", "password2": "Brand-new-word-7"}
    right = newest_code()
    given["code"] = "000000" if right != "000000" else "111111"
    assert "no longer counts" in send(other, "/accounts/password/reset/code/", given).content.decode()
    short = {**given, "code": right, "password1": "short", "password2": "short"}
    assert "at least 10" in send(other, "/accounts/password/reset/code/", short).content.decode()
    reply = send(other, "/accounts/password/reset/code/", {**given, "code": right})
    assert reply["Location"] == "/accounts/login/"
    user.refresh_from_db()
    assert user.check_password("Brand-new-word-7")
    assert client.get("/accounts/").status_code == 302
