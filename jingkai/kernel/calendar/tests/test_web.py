"""The calendar's pages: who may, what they show, changing a day, importing a year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jingkai.kernel.calendar.api import get_calendar
from jingkai.kernel.calendar.models import CalendarYear
from jingkai.kernel.calendar.rules.tables import write_xlsx
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.permissions.testing import resolving
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
TABLE = "日期,上班,名称,英文名称\n2027-01-01,否,元旦,New Year's Day\n2027-02-06,是,春节调休上班,\n"


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
    """An officer with the right to change the calendar."""
    return log_in("calendar.manage")


PAGES = [
    "/system/calendar",
    "/system/calendar/2026",
    "/system/calendar/2026/import",
    "/system/calendar/2026/3/2",
]


@pytest.mark.usefixtures("working_calendar")
@pytest.mark.parametrize("page", [*PAGES, "/system/calendar/2026/template.csv"])
def test_pages_are_for_the_calendar_s_manager_only(page: str, client: Client, log_in: Any) -> None:
    assert client.get(page).status_code == 302
    assert log_in("rules.manage").get(page).status_code == 403


@pytest.mark.usefixtures("working_calendar")
@pytest.mark.parametrize("page", PAGES)
def test_pages_open(page: str, administrator: Client) -> None:
    assert administrator.get(page).status_code == 200


@pytest.mark.usefixtures("working_calendar")
def test_year_shows_its_holidays_and_make_up_days(administrator: Client) -> None:
    text = administrator.get("/system/calendar/2026").content.decode()
    assert "248" in text
    assert "春节调休上班" in text
    assert 'href="/system/calendar/2026/2/14"' in text


@pytest.mark.parametrize(
    "page",
    [
        "/system/calendar/1900",
        "/system/calendar/2026/2/30",
        "/system/calendar/99999",
        "/system/calendar/2026/13/1",
    ],
)
def test_impossible_days_are_not_found(page: str, administrator: Client) -> None:
    assert administrator.get(page).status_code == 404


def test_missing_year_says_how_to_load_it(administrator: Client) -> None:
    assert "/system/calendar/2027/import" in administrator.get("/system/calendar/2027").content.decode()
    assert "/system/calendar/2026/seed" in administrator.get("/system/calendar/2026").content.decode()
    assert administrator.get("/system/calendar/2027/1/1").status_code == 302


def send(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(url, with_token(data, user=client.user))  # type: ignore[attr-defined]


def test_packaged_year_is_loaded_with_one_button(administrator: Client) -> None:
    assert send(administrator, "/system/calendar/2026/seed").status_code == 302
    assert get_calendar().covers(2026)
    send(administrator, "/system/calendar/2027/seed")
    assert not get_calendar().covers(2027)


@pytest.mark.usefixtures("working_calendar")
def test_day_is_changed_with_a_reason(administrator: Client) -> None:
    version = CalendarYear.objects.get(year=2026).version
    data = {"working": "0", "name": "", "reason": "本地停工通知", "version": version}
    assert send(administrator, "/system/calendar/2026/11/23", data).status_code == 302
    assert not get_calendar().is_working(date(2026, 11, 23))
    assert "本地停工通知" in administrator.get("/system/calendar/2026").content.decode()


@pytest.mark.usefixtures("working_calendar")
def test_refused_change_keeps_what_was_typed(administrator: Client) -> None:
    url = "/system/calendar/2026/11/23"
    stale = send(administrator, url, {"working": "0", "reason": "停工停产", "version": 99})
    assert stale.status_code == 200
    assert "停工停产" in stale.content.decode()
    current = CalendarYear.objects.get(year=2026).version
    assert f'name="version" value="{current}"' in stale.content.decode()
    no_reason = send(administrator, url, {"working": "0", "reason": " ", "version": current})
    assert no_reason.status_code == 200
    assert get_calendar().is_working(date(2026, 11, 23))


def upload(client: Client, content: bytes, name: str = "a.csv") -> Any:
    file = SimpleUploadedFile(name, content)
    return send(client, "/system/calendar/2027/import", {"file": file, "source": "国办发明电〔2026〕7号"})


def test_import_shows_the_year_before_it_is_in_force(administrator: Client) -> None:
    preview = upload(administrator, TABLE.encode())
    assert preview.status_code == 200
    assert not get_calendar().covers(2027)
    form = preview.context["form"].initial
    loaded = send(administrator, "/system/calendar/2027/load", {**form, "version": ""})
    assert loaded.status_code == 302
    assert get_calendar().is_working(date(2027, 2, 6))
    assert CalendarYear.objects.get(year=2027).source == "国办发明电〔2026〕7号"


def test_import_of_a_loaded_year_marks_its_changes_and_needs_its_version(administrator: Client) -> None:
    form = upload(administrator, TABLE.encode()).context["form"].initial
    send(administrator, "/system/calendar/2027/load", {**form, "version": ""})
    second = upload(administrator, TABLE.replace("2027-02-06,是", "2027-02-07,是").encode())
    assert second.context["changes"] == [date(2027, 2, 6), date(2027, 2, 7)]
    assert send(administrator, "/system/calendar/2027/load", {**form, "version": ""}).status_code == 409
    again = send(administrator, "/system/calendar/2027/load", second.context["form"].initial)
    assert again.status_code == 302
    assert get_calendar().is_working(date(2027, 2, 7))


def test_import_with_wrong_lines_writes_nothing_and_names_them(administrator: Client) -> None:
    page = upload(administrator, (TABLE + "2027-13-01,否,x,\nsoon,否,x,\n").encode())
    assert [fault.line for fault in page.context["faults"]] == [4, 5]
    assert not get_calendar().covers(2027)
    assert upload(administrator, b"").context["faults"]


@pytest.mark.usefixtures("working_calendar")
def test_template_comes_back_as_an_import(administrator: Client) -> None:
    book = administrator.get("/system/calendar/2026/template.xlsx")
    text = administrator.get("/system/calendar/2027/template.csv").content.decode("utf-8-sig")
    assert book.content[:2] == b"PK"
    assert text.splitlines()[1].startswith("2027-01-01,否")
    assert write_xlsx([], year=2027)[:2] == b"PK"


def test_damaged_preview_goes_back_to_the_import(administrator: Client) -> None:
    for data in ({}, {"table": "nonsense", "source": "x"}):
        page = send(administrator, "/system/calendar/2027/load", data)
        assert (page.status_code, page["Location"]) == (302, "/system/calendar/2027/import")
