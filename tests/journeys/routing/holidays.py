"""The scene of next year's holidays: a pasted notice moves due dates, and each clock says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from jingkai.casework.cases.models import CaseClock
from jingkai.casework.clock.models import Clock, LedgerEntry, Reprojection
from jingkai.config.demo import matters
from jingkai.kernel.calendar import api as calendar
from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.permissions.data import SYSTEM
from tests.journeys.chromium import click
from tests.journeys.routing.changing import begin_by_hand, clock_of
from tests.journeys.routing.office import Office

NUMBER = "国办发明电〔2026〕9号"
NOTICE = f"""国务院办公厅关于2027年部分节假日安排的通知
{NUMBER}
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2027年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至4日（周一）放假调休，共4天。1月9日（周六）上班。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年12月11日
"""
"""Written for this journey in the form of the real ones, so that dates move in both directions."""


def paste_the_notice(office: Office) -> None:
    """A year planned ahead gives way to the notice: looked at first, then in force, then told."""
    _matters_under_way(office)
    before = dict(Clock.objects.filter(state="running").values_list("pk", "due_on"))
    page = office.at("sysadmin", "/system/calendar/2027/import")
    page.locator("[name=text]").fill(NOTICE)
    office.who("sysadmin").press("先行预览")
    run_jobs()
    page.reload(wait_until="networkidle")
    office.camera.shoot(page, "calendar-preview")
    told = _list(page)
    office.camera.shoot(page, "dates-that-would-move")
    assert dict(Clock.objects.filter(pk__in=before).values_list("pk", "due_on")) == before
    page.go_back(wait_until="networkidle")
    office.who("sysadmin").press("确认生效")
    run_jobs()
    page = office.at("sysadmin", "/system/calendar/2027")
    assert _list(page) == told
    run = Reprojection.objects.filter(year=2027, draft_id__isnull=True).latest("pk")
    moved = dict(run.moves.values_list("clock_id", "due_after"))
    assert moved
    for clock in Clock.objects.filter(pk__in=before):
        assert clock.due_on == moved.get(clock.pk, before[clock.pk])
    for clock_id, due in moved.items():
        line = LedgerEntry.objects.filter(clock_id=clock_id).latest("sequence")
        assert (line.kind, line.due_after, line.basis) == ("reproject", due, NUMBER)
    _clock_says_why(office, next(iter(moved)))


def _matters_under_way(office: Office) -> None:
    """The year 2027 was planned ahead with nothing but New Year's Day; matters run into it."""
    at = office.zone.clock.set("2026-12-21 09:00")
    new_year = [NamedDay(date(2027, 1, 1), working=False, name="元旦", name_en="New Year's Day")]
    calendar.load_year(year=2027, days=new_year, source="预排（国务院通知公布前）", by=SYSTEM, at=at)
    case = begin_by_hand("岁末安全检查方案")
    assert clock_of(case).due_on == date(2027, 1, 5)
    office.on("2026-12-22 10:00")
    with ThreadPoolExecutor(
        1
    ) as aside:  # papers are sealed with asyncio, which the browser uses in this thread
        aside.submit(_seed_matters).result()
    run_jobs()


def _seed_matters() -> None:
    matters.seed(timezone.now(), most=2, lively=False)
    connection.close()


def _list(page: Page) -> list[str]:
    """Open the list of moving dates and read it."""
    click(page.locator("#moves a").first)
    expect(page.locator("main table.list tbody tr").first).to_be_visible()
    return page.locator("main table.list tbody tr").all_inner_texts()


def _clock_says_why(office: Office, clock_id: int) -> None:
    case = CaseClock.objects.select_related("case").get(clock_id=clock_id).case
    page = office.case("xiaofang", case)
    click(page.get_by_role("link", name="为什么还在走？").first)
    expect(page.get_by_text(NUMBER).first).to_be_visible()
    office.camera.shoot(page, "why-it-moved", leaving=True)
