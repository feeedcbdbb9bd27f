"""Every page of the windows, as visitor, clerk and manager: drawn, acted on, refused, and what it asks."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.notices.models import PhoneCheck
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.windows.models import Appointment, HandOver, Kiosk, Line, Sitting, Ticket, Window
from jingkai.modules.windows.testing import Counters
from jingkai.modules.windows.tests.test_appointments import book

MOST = 8


def as_staff(counters: Counters, name: str) -> tuple[Client, Any]:
    counters.travel()
    client = Client()
    return client, log_in(client, counters.cast.actor(name))


def machine(counters: Counters) -> Client:
    client, user = as_staff(counters, "approval_head")
    client.post(reverse("windows:admit"), with_token({"name": "一号取号机"}, user=user))
    kiosk = Client()
    kiosk.cookies["jingkai_kiosk"] = client.cookies["jingkai_kiosk"].value
    return kiosk


def test_an_ordinary_device_gives_out_no_numbers(counters: Counters) -> None:
    counters.travel()
    page = Client().get(reverse("windows:kiosk")).content.decode()
    assert "本设备不是取号机" in page
    Client().post(reverse("windows:take", args=["registration"]), with_token({}))
    assert not Ticket.objects.exists()


def test_machine_finds_by_everyday_words_and_gives_a_slip(counters: Counters) -> None:
    kiosk = machine(counters)
    assert "企业设立登记" in kiosk.get(reverse("windows:kiosk"), {"q": "开公司"}).content.decode()
    address = reverse("windows:take", args=["registration"])
    assert kiosk.get(address).status_code == 200
    wrong = kiosk.post(address, with_token({"contact": "123"}))
    assert wrong.status_code == 422
    given = {"contact": "13812345678", "priority": "elderly", "topic": "企业设立登记"}
    slip = kiosk.post(address, with_token(given), follow=True).content.decode()
    ticket = Ticket.objects.get()
    assert "A001" in slip
    assert "data-print" in slip
    assert "扫码查看前面还有几人" in slip
    assert "<svg" in slip.split("slip-code", 1)[1]
    assert (ticket.priority, ticket.phone, ticket.topic) == ("elderly", "13812345678", "企业设立登记")
    assert "13812345678" not in slip
    pdf = kiosk.get(reverse("windows:slip_pdf", args=[ticket.token]))
    assert pdf.content.startswith(b"%PDF")


def test_withdrawn_machine_gives_out_no_more(counters: Counters) -> None:
    kiosk = machine(counters)
    client, user = as_staff(counters, "approval_head")
    client.post(reverse("windows:withdraw", args=[Kiosk.objects.get().uuid]), with_token({}, user=user))
    assert "本设备不是取号机" in kiosk.get(reverse("windows:kiosk")).content.decode()


def test_visitor_follows_and_gives_back(counters: Counters) -> None:
    counters.travel()
    ticket, client = counters.take(), Client()
    address = reverse("windows:ticket", args=[ticket.token])
    assert "前面还有 0 人" in client.get(address).content.decode()
    assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode()
    client.post(reverse("windows:leave", args=[ticket.token]), with_token({}))
    ticket.refresh_from_db()
    assert ticket.state == "left"
    assert client.get(reverse("windows:ticket", args=["nothing"])).status_code == 404


def test_screen_shows_and_names_what_is_new(counters: Counters) -> None:
    counters.travel()
    counters.take(), counters.sit("clerk", 1), counters.call("clerk")
    client = Client()
    page = client.get(reverse("windows:screen_calls")).content.decode()
    assert 'data-number="A001"' in page
    assert 'data-age="new"' in page
    counters.travel("2026-03-10 09:05")
    assert 'data-age="old"' in client.get(reverse("windows:screen")).content.decode()


def test_screen_says_the_hours_before_the_first_call(counters: Counters) -> None:
    """Whoever stands before it in the morning reads when it begins, in both languages."""
    counters.travel()
    page = Client().get(reverse("windows:screen_calls")).content.decode()
    for words in ("还没有叫号", "No number has been called yet", "09:00–12:00 · 13:30–17:00"):
        assert words in page


def test_clerk_serves_one_visitor_from_call_to_slip(counters: Counters) -> None:
    ticket = counters.take()
    client, user = as_staff(counters, "clerk")

    def act(name: str, **data: Any) -> str:
        address = reverse(f"windows:{name}")
        return client.post(address, with_token(data, user=user), follow=True).content.decode()

    assert "企业登记一窗" in client.get(reverse("windows:desk")).content.decode()
    act("sit", window=1)
    assert "A001" in client.get(reverse("windows:desk_waiting")).content.decode()
    assert "A001" in act("call_next")
    act("call_again")
    act("start")
    refused = act("end", outcome="missing", note="来过两次", lack=[""], lack_what=["缺公章"])
    assert all(words in refused for words in ("请列明", "来过两次", "缺公章"))
    page = act("end", outcome="missing", lack=["营业执照"], lack_what=["缺副本"])
    assert "缺副本" in page
    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome, ticket.calls) == ("done", "missing", 2)
    pdf = Client().get(reverse("windows:lacks_pdf", args=[ticket.token]))
    assert pdf.content.startswith(b"%PDF")
    act("get_up")
    assert not Sitting.objects.filter(until=None).exists()


def test_visitor_books_with_the_phone_alone(counters: Counters, sms_provider: Any) -> None:
    counters.travel()
    client = Client()
    address = reverse("windows:book", args=["fire"])
    assert "09:00" in client.get(address).content.decode()
    data = {"slot": "2026-03-11 09:00", "name": "吴访客", "phone": "137 1111 2222", "consent": "on"}
    assert client.post(address, with_token({**data, "slot": ""})).status_code == 422
    asked = client.post(address, with_token(data), follow=True).content.decode()
    assert "137****2222" in asked
    assert "13711112222" not in asked
    check = PhoneCheck.objects.get()
    wrong = client.post(reverse("windows:prove"), with_token({"code": "x"}))
    assert (wrong.status_code, Appointment.objects.count()) == (422, 0)
    page = client.post(reverse("windows:prove"), with_token({"code": check.code}), follow=True)
    row = Appointment.objects.get()
    assert row.code in page.content.decode()
    other = Client()
    find = reverse("windows:my_appointment")
    assert other.post(find, with_token({"code": row.code, "digits": "0000"})).status_code == 422
    row.refresh_from_db()
    assert row.wrong_tries == 1
    other.post(find, with_token({"code": row.code, "digits": "2222"}))
    change = reverse("windows:change_appointment")
    other.post(change, with_token({"slot": "2026-03-11 10:00"}))
    row.refresh_from_db()
    assert f"{row.starts:%H:%M}" == "10:00"
    other.post(change, with_token({"cancel": "1"}))
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_phones_of_visitors_are_masked_at_the_desk_and_on_lists(counters: Counters) -> None:
    counters.take(phone="13812345678")
    book(counters)
    client, user = as_staff(counters, "clerk")
    client.post(reverse("windows:sit"), with_token({"window": 1}, user=user))
    client.post(reverse("windows:call_next"), with_token({}, user=user))
    desk = client.get(reverse("windows:desk")).content.decode()
    assert ("138****5678" in desk, "13812345678" in desk) == (True, False)
    manager, _user = as_staff(counters, "approval_head")
    day = {"on": "2026-03-11"}
    listed = manager.get(reverse("windows:booked"), day).content.decode()
    assert ("137****2222" in listed, "13711112222" in listed) == (True, False)
    sheet: Any = manager.get(reverse("windows:booked_export"), day)
    rows = load_workbook(BytesIO(b"".join(sheet.streaming_content))).active
    cells = {cell for row in rows.iter_rows(values_only=True) for cell in row}
    assert ("137****2222" in cells, "13711112222" in cells) == (True, False)


PAGES = (
    "board",
    "tickets",
    "statistics",
    "booked",
    "rota",
    "rota_plan",
    "rota_import",
    "absence",
    "swap",
    "handovers",
    "setup",
    "window_new",
    "line_new",
)
SHEETS = ("tickets_export", "statistics_export", "booked_export", "rota_export", "handovers_export")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_managers_pages_in_both_languages(counters: Counters, language: str) -> None:
    for _number in range(3):
        counters.take()
    counters.sit("clerk", 1), counters.call("clerk"), counters.serve("clerk")
    client, _user = as_staff(counters, "approval_head")
    client.cookies["django_language"] = language
    for name in PAGES:
        response = client.get(reverse(f"windows:{name}"))
        assert response.status_code == 200, name
    for name in SHEETS:
        response = client.get(reverse(f"windows:{name}"))
        assert b"".join(response.streaming_content)[:2] == b"PK", name  # type: ignore[attr-defined]
    window, line = Window.objects.get(number=1), Line.objects.get(code="fire")
    for address in (
        reverse("windows:window_edit", args=[window.uuid]),
        reverse("windows:equipment", args=[window.uuid]),
        reverse("windows:line_edit", args=[line.uuid]),
        reverse("windows:topics", args=[line.uuid]),
        reverse("windows:rule", args=["hours"]),
        reverse("windows:rule", args=["queue"]),
        reverse("windows:rule", args=["appointments"]),
    ):
        assert client.get(address).status_code == 200, address
    translation.activate("zh-hans")


@pytest.mark.parametrize("name", ["tickets", "booked", "handovers"])
def test_lists_ask_the_same_few_questions(
    counters: Counters, name: str, django_assert_max_num_queries: Any
) -> None:
    for _number in range(12):
        counters.take()
    client, _user = as_staff(counters, "approval_head")
    client.get(reverse(f"windows:{name}"))
    with django_assert_max_num_queries(MOST + 4):
        client.get(reverse(f"windows:{name}"))


def test_manager_changes_window_line_matters_and_rule(counters: Counters) -> None:
    client, user = as_staff(counters, "approval_head")
    window, line = counters.window(3), counters.line("fire")
    data = {"number": 3, "kind": "specialist", "name": "项目窗口", "name_en": "Projects", "lines": [line.pk]}
    address = reverse("windows:window_edit", args=[window.uuid])
    assert client.post(address, with_token({**data, "version": 9}, user=user)).status_code == 422
    client.post(address, with_token({**data, "version": window.version, "active": "on"}, user=user))
    assert counters.window(3).name == "项目窗口"
    taken = client.post(reverse("windows:window_new"), with_token({**data, "version": ""}, user=user))
    assert taken.status_code == 422
    client.post(
        reverse("windows:topics", args=[line.uuid]),
        with_token({"topics": "消防设计审查 | Fire review | 消防图\n临时用电 | | 接电"}, user=user),
    )
    assert sorted(line.topics.filter(active=True).values_list("name", flat=True)) == [
        "临时用电",
        "消防设计审查",
    ]
    client.post(
        reverse("windows:rule", args=["queue"]),
        with_token(
            {
                "key": "hall",
                "starts_on": "2026-03-10",
                "source": "大厅通知",
                "v_calls": 2,
                "v_minutes": 8,
                "v_daily_limit": 99,
            },
            user=user,
        ),
    )
    assert "<dd>99</dd>" in client.get(reverse("windows:setup")).content.decode()


def test_handed_over_page_is_for_the_two(counters: Counters) -> None:
    client, user = as_staff(counters, "clerk")
    taker = counters.cast.person("clerk_2").pk
    data = {"window": counters.window(1).pk, "taker": taker, "note": "无"}
    client.post(reverse("windows:handover_new"), with_token(data, user=user))
    address = reverse("windows:handover", args=[HandOver.objects.get().uuid])
    assert client.get(address).status_code == 200
    other, other_user = as_staff(counters, "clerk_2")
    other.post(address, with_token({"remark": "已核对"}, user=other_user))
    assert HandOver.objects.get().taken_at is not None
    counters.cast.empower("officer_fire", "windows.see_rota")
    stranger, _user = as_staff(counters, "officer_fire")
    assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("name", ["board", "setup", "rota_plan", "booked"])
def test_clerks_do_not_manage(counters: Counters, name: str) -> None:
    client, _user = as_staff(counters, "clerk")
    assert client.get(reverse(f"windows:{name}")).status_code == 403
