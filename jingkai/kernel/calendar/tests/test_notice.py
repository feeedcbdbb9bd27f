"""The State Council's notices of many years, as they were published, and what is refused in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.kernel.calendar.data import NamedDay, is_weekend
from jingkai.kernel.calendar.rules.notice import read_notice
from jingkai.kernel.calendar.rules.packaged import get_packaged_calendar

FOLDER = Path(__file__).parent / "data" / "notices"
PACKAGED = get_packaged_calendar()
CHANGED_LATER = {
    2019: {date(2019, 4, 28), date(2019, 5, 2), date(2019, 5, 3), date(2019, 5, 5)},
    2020: {date(2020, 1, 31), date(2020, 2, 1)},
}
"""What a second notice of the year changed: 国办发明电〔2019〕3号 and 国办发明电〔2020〕1号."""


def notice(name: str | int) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def all_days(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(first, date(year + 1, 1, 1).toordinal())]


def works(days: dict[date, NamedDay], on: date) -> bool:
    return days[on].working if on in days else not is_weekend(on)


@pytest.mark.parametrize("year", range(2019, 2027))
def test_published_notice_gives_the_year_as_the_packaged_data_has_it(year: int) -> None:
    read = read_notice(notice(year), year=year)
    assert read.faults == ()
    days = {day.on: day for day in read.days}
    other = {on for on in all_days(year) if works(days, on) != PACKAGED.is_working(on)}
    assert other == CHANGED_LATER.get(year, set())
    assert [day.on for day in read.beside if PACKAGED.is_working(day.on) != day.working] == []


def test_second_notice_of_2019_amends_the_first() -> None:
    read = read_notice(notice("2019-amended"), year=2019)
    assert (read.amends, read.source, read.faults) == (True, "国办发明电〔2019〕3号", ())
    first = {day.on: day for day in read_notice(notice(2019), year=2019).days}
    days = first | {day.on: day for day in read.days}
    assert [on for on in all_days(2019) if works(days, on) != PACKAGED.is_working(on)] == []
    assert {day.name for day in read.days} == {"劳动节", "劳动节调休上班"}


def test_encouraged_rest_is_no_day_off() -> None:
    days = {day.on for day in read_notice(notice(2024), year=2024).days}
    assert date(2024, 2, 9) not in days


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("（", "(").replace("）", ")").replace("：", ":"),
        lambda text: text.replace("1", "１").replace("2", "２"),
        lambda text: text.replace("：", "：  ").replace("月", "月 "),
        lambda text: text.replace("一、元旦", "**一、元旦**"),
        lambda text: text.replace("至", "—"),
        lambda text: text.replace("周", "星期"),
        lambda text: text.replace("共3天。1月4日", "共3天。\n1月4日"),
    ],
)
def test_notice_is_read_however_it_was_pasted(change: object) -> None:
    expected = read_notice(notice(2026), year=2026).days
    read = read_notice(change(notice(2026)), year=2026)  # type: ignore[operator]
    assert (read.faults, read.days) == ((), expected)


@pytest.mark.parametrize(
    ("before", "after", "line", "word"),
    [
        ("1月4日（周日）上班", "1月4日（周六）上班", 5, "周六"),
        ("共9天", "共8天", 6, "8"),
        ("2月14日（周六）", "2月30日（周六）", 6, "2月30日"),
        ("5月9日（周六）上班", "5月8日上班", 8, "2026-05-08"),
        ("5月9日（周六）上班", "5月9日（周六）另行安排", 8, "2026-05-09"),
        ("5月9日（周六）上班", "5月3日上班", 8, "2026-05-03"),
        ("10月1日（周四）至7日", "1日至7日", 11, "1日"),
        ("6月19日（周五）至21日（周日）", "6月21日至19日", 9, "2026-06-19"),
        ("6月19日（周五）至21日（周日）", "6月19日至8月21日", 9, "2026-08-21"),
        ("四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。\n", "", 0, "劳动节"),
        ("关于2026年部分", "关于2025年部分", 1, "2025"),
    ],
)
def test_doubtful_line_is_refused_with_its_number(before: str, after: str, line: int, word: str) -> None:
    assert before in notice(2026)
    faults = read_notice(notice(2026).replace(before, after), year=2026).faults
    assert (line, True) in [(fault.line, word in fault.sentence) for fault in faults]


def test_extension_in_words_is_refused() -> None:
    title = "国务院办公厅关于延长2020年春节假期的通知"
    text = f"{title}\n延长2020年春节假期至2月2日（星期日），2月3日（星期一）起正常上班。"
    assert read_notice(text, year=2020).faults


@pytest.mark.parametrize("text", ["", "今天天气很好", "一、元旦：", "放假" * 5000])
def test_text_that_is_no_notice_is_refused(text: str) -> None:
    read = read_notice(text, year=2026)
    assert read.faults
    assert read.days == ()


@given(
    st.text(alphabet="一二三、：。（）至日月年周六0123456789放假上班调休共天元旦春节国庆节\n", max_size=300)
)
def test_any_text_is_read_or_refused_and_never_makes_a_monday_worked(text: str) -> None:
    read = read_notice(text, year=2026)
    assert all(not day.working or is_weekend(day.on) for day in (*read.days, *read.beside))


@given(st.data())
def test_a_lost_line_of_the_notice_is_always_told(data: st.DataObject) -> None:
    year = data.draw(st.integers(2019, 2026))
    lines = notice(year).splitlines()
    arranged = [
        number for number, line in enumerate(lines) if line[:2] in ("一、", "二、", "三、", "四、", "五、")
    ]
    lost = data.draw(st.sampled_from(arranged))
    text = "\n".join(line for number, line in enumerate(lines) if number != lost)
    assert read_notice(text, year=year).faults
