"""The calendar's pages: who may, what they show, changing a day, importing a year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jingkai.kernel.calendar import queries
from jingkai.kernel.calendar.api import get_calendar, get_packaged_calendar, seed_calendar
from jingkai.kernel.calendar.models import CalendarDraft, CalendarYear
from jingkai.kernel.calendar.rules.tables import write_xlsx
from jingkai.kernel.calendar.testing import SEEDED_AT
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.permissions.testing import resolving
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
TABLE = (
    "日期,上班,名称,英文名称\n2027-01-01,否,元旦,New Year's Day\n2027-02-06,是,春节调休上班,\n"
    "2027-02-08,否,春节,\n2027-04-05,否,清明节,\n2027-05-01,否,劳动节,\n2027-06-09,否,端午节,\n"
    "2027-10-01,否,国庆节,\n"
)


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


def notice(name: str) -> str:
    return (Path(__file__).parent / "data" / "notices" / f"{name}.txt").read_text(encoding="utf-8")


def all_days(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(first, date(year + 1, 1, 1).toordinal())]


def paste(client: Client, year: int, text: str) -> Any:
    return send(client, f"/system/calendar/{year}/import", {"text": text, "source": ""})


def upload(client: Client, content: bytes, name: str = "a.csv") -> Any:
    file = SimpleUploadedFile(name, content)
    return send(client, "/system/calendar/2027/import", {"file": file, "source": "国办发明电〔2026〕7号"})


def follow(client: Client, response: Any) -> Any:
    """Open the page to which a form leads."""
    assert response.status_code == 302
    return client.get(response["Location"])


def put_in_force(client: Client, page: Any) -> Any:
    return send(client, f"/system/calendar/drafts/{page.context['draft'].uuid}/in-force", {})


def test_import_shows_the_year_before_it_is_in_force(administrator: Client) -> None:
    preview = follow(administrator, upload(administrator, TABLE.encode()))
    assert not get_calendar().covers(2027)
    assert put_in_force(administrator, preview).status_code == 302
    assert get_calendar().is_working(date(2027, 2, 6))
    assert CalendarYear.objects.get(year=2027).source == "国办发明电〔2026〕7号"
    assert put_in_force(administrator, preview).status_code == 409


def test_import_of_a_loaded_year_marks_its_changes_and_needs_its_version(administrator: Client) -> None:
    first = follow(administrator, upload(administrator, TABLE.encode()))
    stale = follow(administrator, upload(administrator, TABLE.encode()))
    put_in_force(administrator, first)
    other = TABLE.replace("2027-02-06,是", "2027-02-07,是").encode()
    second = follow(administrator, upload(administrator, other))
    assert second.context["changes"] == [date(2027, 2, 6), date(2027, 2, 7)]
    assert put_in_force(administrator, stale).status_code == 409
    assert administrator.get(f"/system/calendar/drafts/{stale.context['draft'].uuid}").context["stale"]
    assert put_in_force(administrator, second).status_code == 302
    assert get_calendar().is_working(date(2027, 2, 7))


def test_old_version_is_kept_and_can_be_put_in_force_again(administrator: Client) -> None:
    put_in_force(administrator, follow(administrator, upload(administrator, TABLE.encode())))
    other = TABLE.replace("2027-02-06,是", "2027-02-07,是").encode()
    put_in_force(administrator, follow(administrator, upload(administrator, other)))
    assert get_calendar().is_working(date(2027, 2, 7))
    oldest = CalendarYear.objects.get(year=2027).versions.last()
    page = follow(administrator, send(administrator, f"/system/calendar/2027/versions/{oldest.number}", {}))
    assert page.context["changes"] == [date(2027, 2, 6), date(2027, 2, 7)]
    put_in_force(administrator, page)
    assert get_calendar().is_working(date(2027, 2, 6))
    assert not get_calendar().is_working(date(2027, 2, 7))
    assert CalendarYear.objects.get(year=2027).versions.count() == 3
    assert send(administrator, "/system/calendar/2027/versions/99", {}).status_code == 404


def test_pasted_notice_is_shown_and_put_in_force(administrator: Client) -> None:
    page = follow(administrator, paste(administrator, 2026, notice("2026")))
    assert page.context["draft"].source == "国办发明电〔2025〕7号"
    put_in_force(administrator, page)
    packaged = get_packaged_calendar()
    assert get_calendar().count_year(2026) == packaged.count_year(2026) == 248


def test_pasted_notice_with_a_doubt_is_refused_with_its_line_and_kept(administrator: Client) -> None:
    doubtful = notice("2026").replace("10月10日（周六）上班", "10月10日（周日）上班")
    page = paste(administrator, 2026, doubtful)
    assert page.status_code == 200
    assert [fault.line for fault in page.context["faults"]] == [11]
    assert "周日" in page.content.decode()
    assert "10月10日（周日）上班" in page.context["form"]["text"].value()
    assert CalendarDraft.objects.count() == 0


def test_notice_of_january_arranges_the_december_before(administrator: Client) -> None:
    seed_calendar(years=[2018], by=SYSTEM, at=SEEDED_AT)
    page = follow(administrator, paste(administrator, 2019, notice("2019")))
    assert [known for _day, known in page.context["beside"]] == [True, True, True]
    put_in_force(administrator, page)
    put_in_force(administrator, follow(administrator, paste(administrator, 2019, notice("2019-amended"))))
    calendar, packaged = get_calendar(), get_packaged_calendar()
    for year in (2018, 2019):
        assert [day for day in all_days(year) if calendar.is_working(day) != packaged.is_working(day)] == []


def test_reading_an_earlier_year_in_again_keeps_what_the_next_notice_says_of_it(
    administrator: Client,
) -> None:
    put_in_force(administrator, follow(administrator, paste(administrator, 2022, notice("2022"))))
    put_in_force(administrator, follow(administrator, paste(administrator, 2023, notice("2023"))))
    put_in_force(administrator, follow(administrator, paste(administrator, 2022, notice("2022"))))
    assert queries.name_days(date(2022, 12, 31), date(2022, 12, 31))


def test_amendment_needs_its_year_and_one_of_text_or_table_is_asked_for(administrator: Client) -> None:
    refused = paste(administrator, 2019, notice("2019-amended"))
    assert (refused.status_code, bool(refused.context["form"].errors)) == (200, True)
    assert paste(administrator, 2019, "").context["form"].errors
    assert (
        administrator.get(f"/system/calendar/drafts/{'0' * 8}-0000-7000-8000-000000000000").status_code == 404
    )


def test_import_with_wrong_lines_writes_nothing_and_names_them(administrator: Client) -> None:
    page = upload(administrator, (TABLE + "2027-13-01,否,x,\nsoon,否,x,\n").encode())
    assert [fault.line for fault in page.context["faults"]] == [9, 10]
    assert not get_calendar().covers(2027)
    assert upload(administrator, b"").context["faults"]


@pytest.mark.usefixtures("working_calendar")
def test_template_comes_back_as_an_import(administrator: Client) -> None:
    book = administrator.get("/system/calendar/2026/template.xlsx")
    text = administrator.get("/system/calendar/2027/template.csv").content.decode("utf-8-sig")
    assert book.content[:2] == b"PK"
    assert text.splitlines()[1].startswith("2027-01-01,否")
    assert write_xlsx([], year=2027)[:2] == b"PK"
