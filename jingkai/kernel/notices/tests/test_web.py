"""The pages of notices: one's own only; deliveries and texts for their administrators."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.notices.api import notify
from jingkai.kernel.notices.models import Delivery, Notice, NoticeTemplate
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.permissions.testing import resolving

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    names = {"li": "13800138000", "wang": "13900139000"}
    return {
        name: register_person(name=name, phone=phone, by=SYSTEM, at=AT).pk for name, phone in names.items()
    }


@pytest.fixture
def log_in(client, django_user_model):
    """Log a person in with these rights."""
    with ExitStack() as stack:

        def enter(person, *rights, kind="staff"):
            user = django_user_model.objects.create(username=f"u{person}")
            actor = Actor(person, user.pk, "某某", kind, frozenset(rights))
            stack.enter_context(resolving(lambda _user, _on: actor))
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            session = client.session
            session["second_factor"] = user.pk
            session.save()
            return client

        yield enter


def token(page):
    return re.search(r'name="_once" value="([^"]+)"', page.content.decode())[1]


def test_one_sees_ones_own_notices_only(client, log_in, people):
    assert client.get("/notices/").status_code == 302
    notify(to=[people["li"]], kind="general", title="给李的通知", at=AT, url="/cases/1")
    mine = Notice.objects.get()
    other = log_in(people["wang"])
    assert "给李的通知" not in other.get("/notices/").content.decode()
    assert other.get(f"/notices/{mine.uuid}").status_code == 404
    assert other.post(f"/notices/{mine.uuid}/read", {"_once": "x"}).status_code in (400, 404)
    mine.refresh_from_db()
    assert not mine.is_read


@pytest.mark.parametrize("kind", ["staff", "enterprise"])
def test_opening_a_notice_reads_it_and_the_bell_counts(log_in, people, kind):
    notify(to=[people["li"]], kind="general", title="甲", body="<b>正文</b>", at=AT, url="/cases/1")
    page = log_in(people["li"], kind=kind)
    assert page.get("/notices/").context["shell"].unread == 1
    shown = page.get(f"/notices/{Notice.objects.get().uuid}")
    assert "&lt;b&gt;正文" in shown.content.decode()
    assert 'href="/cases/1"' in shown.content.decode()
    assert page.get("/notices/").context["shell"].unread == 0


def test_unread_come_first_and_all_can_be_marked(log_in, people):
    for number in range(4):
        notify(to=[people["li"]], kind="general", title=f"第{number}条", at=AT + timedelta(minutes=number))
    page = log_in(people["li"])
    page.get(f"/notices/{Notice.objects.get(title='第3条').uuid}")
    listed = page.get("/notices/")
    assert [row.title for row in listed.context["rows"]] == ["第2条", "第1条", "第0条", "第3条"]
    assert [row.title for row in page.get("/notices/?unread=1").context["rows"]] == [
        "第2条",
        "第1条",
        "第0条",
    ]
    page.post("/notices/read", {"_once": token(listed)})
    assert page.get("/notices/?unread=1").context["rows"] == []


def test_pages_lose_no_notice(log_in, people):
    for number in range(70):
        notify(to=[people["li"]], kind="general", title=f"第{number}条", at=AT)
    Notice.objects.filter(pk__in=Notice.objects.values("pk")[:20]).update(is_read=True)
    page, url, seen = log_in(people["li"]), "/notices/", []
    while url:
        shown = page.get(url)
        seen += [row.pk for row in shown.context["rows"]]
        pager = shown.context["pager"]
        url = f"/notices/{pager.older_url}" if pager and pager.older_url else ""
    assert len(seen) == len(set(seen)) == 70


@pytest.mark.parametrize("query", ["after=x", "after=1~2~3", "after=1~2026-01-01~5"])
def test_a_damaged_link_is_no_error(log_in, people, query):
    assert log_in(people["li"]).get(f"/notices/?{query}").status_code == 200


# --- deliveries -----------------------------------------------------------------------------------


def test_deliveries_are_for_the_system_administrator(client, log_in, people, sms_provider):
    notify(to=[people["li"]], kind="accepted", at=AT, channels={"sms"})
    where = [
        "/system/deliveries",
        f"/system/deliveries/{Delivery.objects.get().uuid}",
        "/system/notice-texts",
    ]
    assert [client.get(url).status_code for url in where] == [302, 302, 302]
    officer = log_in(people["wang"])
    assert [officer.get(url).status_code for url in where] == [403, 403, 403]


def test_a_failed_delivery_is_seen_and_repeated(log_in, people, sms_provider):
    sms_provider.code = "isv.MOBILE_NUMBER_ILLEGAL"
    notify(to=[people["li"]], kind="accepted", at=AT, facts={"matter": "消防"}, channels={"sms"})
    run_jobs()
    admin = log_in(people["wang"], "notices.manage_deliveries")
    page = admin.get("/system/deliveries?state=permanent")
    text = page.content.decode()
    assert "isv.MOBILE_NUMBER_ILLEGAL" in text
    assert "138****8000" in text
    assert "13800138000" not in text
    row = Delivery.objects.get()
    one = admin.get(f"/system/deliveries/{row.uuid}")
    sms_provider.code = ""
    admin.post(f"/system/deliveries/{row.uuid}/repeat", {"_once": token(one)})
    run_jobs()
    row.refresh_from_db()
    assert row.state == "sent"
    assert "_once" not in admin.get(f"/system/deliveries/{row.uuid}").content.decode()


def test_all_given_up_are_repeated_at_once(log_in, people, sms_provider):
    sms_provider.code = "isv.MOBILE_NUMBER_ILLEGAL"
    notify(to=people.values(), kind="accepted", at=AT, channels={"sms"})
    run_jobs()
    sms_provider.code = ""
    admin = log_in(people["wang"], "notices.manage_deliveries")
    form = {"_once": token(admin.get("/system/deliveries"))}
    for _ in range(2):
        admin.post("/system/deliveries/repeat", form)
    run_jobs()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(sms_provider.store.all()) == 2


@pytest.mark.parametrize("query", ["before=x", "state=nonsense", "since=x", "until=9999-12-31"])
def test_a_damaged_filter_is_no_error(log_in, people, query):
    assert (
        log_in(people["li"], "notices.manage_deliveries").get(f"/system/deliveries?{query}").status_code
        == 200
    )


# --- texts ----------------------------------------------------------------------------------------


@pytest.fixture
def editor(log_in, people):
    return log_in(people["wang"], "notices.manage_texts")


def form_of(page, **changes):
    form = page.context["form"]
    return {
        **{name: ("" if (value := form[name].value()) is None else value) for name in form.fields},
        "_once": token(page),
        **changes,
    }


def test_a_new_wording_is_a_new_version_and_is_used(editor, people):
    page = editor.get("/system/notice-texts/accepted")
    answer = editor.post(
        "/system/notice-texts/accepted", form_of(page, title="受理了：{matter}", channels=["page"])
    )
    assert answer.status_code == 302
    notify(to=[people["li"]], kind="accepted", at=AT, facts={"matter": "消防设计审查"})
    assert Notice.objects.get().title == "受理了：消防设计审查"
    assert not Delivery.objects.exists()
    assert NoticeTemplate.objects.get().version == 1
    assert "受理了" in editor.get("/system/notice-texts").content.decode()
    assert editor.get("/system/notice-texts/nothing").status_code == 404


def test_a_text_with_an_unknown_fact_is_refused_and_nothing_typed_is_lost(editor):
    page = editor.get("/system/notice-texts/accepted")
    answer = editor.post("/system/notice-texts/accepted", form_of(page, body="您好 {phone}，{ 括号"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "phone" in text
    assert "您好 {phone}" in text
    assert not NoticeTemplate.objects.exists()


def test_a_stale_form_is_told_of_the_newer_version(editor):
    first, second = (editor.get("/system/notice-texts/accepted") for _ in range(2))
    editor.post("/system/notice-texts/accepted", form_of(first, title="甲"))
    answer = editor.post("/system/notice-texts/accepted", form_of(second, title="乙"))
    assert answer.status_code == 422
    assert "1" in answer.content.decode()
    assert [row.title for row in NoticeTemplate.objects.all()] == ["甲"]
