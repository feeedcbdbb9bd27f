"""The pages of efficiency: who sees what, at which cost, and the way from a figure to the case."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.kernel.calendar.api import CalendarYearMissing
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.exchange.testing import ApiClient, make_token
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.modules.efficiency import jobs, operations, rules
from jingkai.modules.efficiency.api import figures
from jingkai.modules.efficiency.data import Dimension, Figures, Scope
from jingkai.modules.efficiency.models import MatterFact, Report
from jingkai.modules.efficiency.operations.reports import CannotIssue, MonthNotOver, ReportUnderWay
from jingkai.modules.efficiency.web import charts
from jingkai.records.files.api import read_stored
from jingkai.records.typesetting import api as typesetting

pytestmark = pytest.mark.django_db

AT = "2026-04-10 09:00"


@pytest.fixture
def handled(hall: Hall) -> Hall:
    """The hall with one matter handled in March."""
    matter = hall.bring_to("sealed")
    operations.refresh_matter(application_id=matter.pk)
    hall.travel(AT)
    return hall


def see(hall: Hall, who: str, name: str, **query: str) -> Any:
    client = Client()
    hall.log_in(client, who)
    return client.get(reverse(f"efficiency:{name}"), query)


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_every_way_of_putting_together_draws(handled: Hall) -> None:
    for by in ("item", "unit", "month", "package", "person", "x"):
        page = text_of(see(handled, "leader", "figures", by=by))
        assert "压缩率" in page
    for measure in ("count", "actual", "compression", "on_time", "one_visit", "returned", "held"):
        text_of(see(handled, "leader", "figures", by="item", across="month", measure=measure))
    strange = {"since": "x", "until": "9999-99", "unit": "²", "person": "x", "days": "x", "simulated": "7"}
    text_of(see(handled, "leader", "figures", **strange))


def test_days_left_out_stand_as_bars_of_their_unit_with_the_most_first() -> None:
    days = {"key": "x", "count": 2, "statutory": 20, "promised": 10, "actual": 8}
    shares = dict.fromkeys(("on_time", "one_visit", "returned", "corrected", "simulated", "held_days"), 0)
    medians = dict.fromkeys(("statutory_median", "statutory_p90"), 10.0)
    medians |= dict.fromkeys(("promised_median", "promised_p90"), 5.0)
    medians |= dict.fromkeys(("actual_median", "actual_p90"), 4.0)
    working = Figures(
        day_unit="working", held={"hearing": 3, "expert_review": 9}, **days, **shares, **medians
    )
    natural = Figures(day_unit="natural", held={"hearing": 2}, **days, **shares, **medians)
    found = charts.held_chart([working, natural])
    assert found is not None
    assert [list(row[1:]) for row in found.rows] == [[9, 0], [3, 2]], "working days first, then natural ones"
    assert charts.held_chart([]) is None


def test_median_and_nine_tenths_stand_under_each_average(handled: Hall) -> None:
    """The limits of the three units differ, so the month has both figures for the law and the promise."""
    [row, *_others] = see(handled, "leader", "figures", by="month").context["table"].rows
    for cell in row.cells[2:4]:
        assert [words.split()[0] for words in cell.under] == ["中位数", "九成不超"]


def test_nothing_concluded_says_what_to_do(handled: Hall) -> None:
    assert "该时段没有办结事项" in text_of(
        see(handled, "leader", "figures", since="2025-01", until="2025-02")
    )


def test_figure_leads_to_its_matters_and_to_the_case(handled: Hall) -> None:
    page = text_of(see(handled, "officer_fire", "matters", only="", sort="actual"))
    fact = MatterFact.objects.get(unit=handled.cast.unit("fire"))
    assert reverse("inbox:case", args=[fact.case.uuid]) in page
    assert "没有符合条件的事项" in text_of(see(handled, "leader", "matters", only="late"))
    text_of(see(handled, "leader", "matters", after="x~1", sort="actual"))


def test_restricted_people_see_their_own_unit_only(handled: Hall) -> None:
    client = Client()
    handled.log_in(client, "officer_fire")
    response = client.get(reverse("efficiency:matters"))
    assert len(response.context["table"].rows) == 1
    assert "王消防" not in text_of(see(handled, "officer_fire_2", "figures", by="person"))
    assert "王消防" in text_of(see(handled, "head_fire", "figures", by="person"))
    offered = {
        who: see(handled, who, "figures").context["form"].fields for who in ("officer_fire_2", "head_fire")
    }
    assert ["person" in fields for fields in offered.values()] == [False, True]
    assert see(handled, "clerk", "figures").status_code == 403
    assert see(handled, "handler", "figures").status_code == 403


def test_spreadsheets(handled: Hall) -> None:
    answer = see(handled, "leader", "figures_export", by="unit")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert len(book.worksheets) == 3
    assert book.worksheets[0].max_row == 1 + 3 + 1
    answer = see(handled, "leader", "matters_export")
    [sheet] = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets
    assert sheet.max_row == 1 + 3


@pytest.mark.parametrize("who", ["leader", "officer_fire"])
@pytest.mark.parametrize("name", ["figures", "matters"])
def test_pages_cost_the_same_for_everybody(
    handled: Hall, who: str, name: str, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    handled.log_in(client, who)
    path = reverse(f"efficiency:{name}")
    client.get(path)
    with django_assert_max_num_queries(8):
        client.get(path)


def test_report_is_made_issued_and_kept(handled: Hall) -> None:
    client = Client()
    user = handled.log_in(client, "leader")
    path = reverse("efficiency:reports")
    assert client.post(path, with_token({"month": "2026-04"}, user=user)).status_code == 422
    made = client.post(path, with_token({"month": "2026-03"}, user=user))
    assert made.status_code == 302
    assert client.post(path, with_token({"month": "2026-03"}, user=user)).status_code == 422
    assert "等待生成" in text_of(client.get(made.url))
    run_jobs()
    report = Report.objects.get()
    assert (report.state, report.version) == ("draft", 1)
    assert report.document is not None
    assert read_stored(report.document.file).startswith(b"%PDF")
    assert "印发月报" in text_of(client.get(made.url))
    assert "查看月报" in text_of(client.get(made.url + "progress/"))
    assert client.get(reverse("documents:file", args=[report.document.uuid])).status_code == 200
    issue = reverse("efficiency:issue", args=[report.uuid])
    assert client.post(issue, with_token(user=user)).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.document.state) == ("issued", "valid")
    with pytest.raises(CannotIssue):
        operations.issue_report(report=report, by=handled.actor("leader", AT), at=moment(AT))
    operations.ask_for_report(month=date(2026, 3, 1), by=SYSTEM, at=moment(AT))
    run_jobs()
    assert sorted(Report.objects.values_list("version", "state")) == [(1, "issued"), (2, "draft")]
    second = reverse("efficiency:report", args=[Report.objects.get(version=2).uuid])
    assert "第 2 版" in text_of(client.get(second))
    assert "效能月报" in text_of(client.get(path))


def test_report_that_fails_says_why_and_is_tried_again(handled: Hall, monkeypatch: Any) -> None:
    """The typesetter breaks once: the page says so in words, a person asks again, and the report is made."""
    client = Client()
    user = handled.log_in(client, "leader")
    path = reverse("efficiency:reports")
    made = client.post(path, with_token({"month": "2026-03"}, user=user))
    report = Report.objects.get()
    again = reverse("efficiency:try_again", args=[report.uuid])
    assert client.post(again, with_token(user=user)).status_code == 409, "nothing has failed yet"
    with monkeypatch.context() as patch:
        patch.setattr(typesetting, "typeset", _broken)
        with pytest.raises(typesetting.CannotTypeset):
            jobs.make_report(report_id=report.pk)
    report.refresh_from_db()
    assert (report.state, report.problem, report.document_id) == ("failed", "typesetting", None)
    page = text_of(client.get(made.url))
    assert "未能排版" in page
    assert again in page
    assert "生成失败" in text_of(client.get(path))
    assert "未能排版" in text_of(client.get(made.url + "progress/"))
    assert see(handled, "officer_fire", "reports").status_code == 403
    assert client.post(again, with_token(user=user)).status_code == 302
    run_jobs()
    report.refresh_from_db()
    assert (report.state, report.problem, report.version) == ("draft", "", 1)
    operations.note_failure(report_id=report.pk, error=ValueError(), by=SYSTEM, at=moment(AT))
    report.refresh_from_db()
    assert report.state == "draft", "a late failure of a repeated job takes nothing back"


def _broken(*_args: Any, **_more: Any) -> bytes:
    raise typesetting.CannotTypeset("efficiency/report", "no space left")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CalendarYearMissing(2031), "calendar"),
        (DatabaseError("gone"), "database"),
        (ValueError("x"), "internal"),
        (ReportUnderWay(), str(ReportUnderWay())),
    ],
)
def test_every_fault_has_words(error: Exception, code: str) -> None:
    assert rules.problem_of(error) == code
    assert rules.problem_words(code) != code or isinstance(error, ReportUnderWay)


def test_figures_are_read_by_other_systems(handled: Hall) -> None:
    """The same figures as on the page; not for an enterprise's token, not without the scope."""
    client = ApiClient(make_token(["efficiency:read"])[1])
    told = client.get("efficiency", by="unit", since="2026-03", until="2026-03").json()
    assert (told["since"], told["until"], len(told["rows"]), len(told["months"])) == (
        "2026-03",
        "2026-03",
        3,
        1,
    )
    page = figures(by=Dimension.UNIT, scope=Scope(since=date(2026, 3, 1), until=date(2026, 3, 1)))
    assert [(one["actual"], one["compression"]) for one in told["rows"]] == [
        (one.actual, one.compression) for one in page.rows
    ]
    assert "fire" in {one["key"] for one in told["rows"]}, "units go by their code, not by a number of ours"
    assert all(one["name"] for one in told["rows"])
    assert client.get("efficiency").json()["since"] == "2025-05"
    assert client.get("efficiency", by="person").status_code == 422
    assert client.get("efficiency", since="2026-13").status_code == 422
    assert client.get("efficiency", since="2026-04", until="2026-01").status_code == 422
    assert client.get("efficiency", since="2001-01").status_code == 422
    own = ApiClient(make_token(["efficiency:read"], enterprise_id=handled.cast.enterprise.pk)[1])
    assert own.get("efficiency").status_code == 403
    assert ApiClient(make_token(["items:read"])[1]).get("efficiency").status_code == 403


def test_report_of_a_running_month_is_refused(handled: Hall) -> None:
    with pytest.raises(MonthNotOver):
        operations.ask_for_report(month=date(2026, 4, 1), by=SYSTEM, at=moment(AT))
    operations.ask_for_report(month=date(2026, 3, 1), by=SYSTEM, at=moment(AT))
    with pytest.raises(ReportUnderWay):
        operations.ask_for_report(month=date(2026, 3, 1), by=SYSTEM, at=moment(AT))


@pytest.mark.parametrize(
    ("day", "asked"),
    [("2026-03-02 07:30", 1), ("2026-03-01 07:30", 0), ("2026-03-03 07:30", 0), ("2026-05-06 07:30", 1)],
)
def test_first_working_day_makes_the_last_months_report(hall: Hall, day: str, asked: int) -> None:
    """The second of March 2026 is a Monday; the first days of May are a holiday."""
    hall.travel(day)
    jobs.monthly_report()
    jobs.monthly_report()
    assert Report.objects.count() == asked
    if asked:
        assert Report.objects.get().month == rules.months_before(moment(day).date().replace(day=1), 1)


def test_tile_stands_on_the_board(handled: Hall) -> None:
    client = Client()
    handled.log_in(client, "leader")
    assert "近十二个月办件效能" in text_of(client.get(reverse("inbox:tile", args=["efficiency"])))
