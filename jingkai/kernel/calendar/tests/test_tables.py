"""Imported tables: what is read, what is refused, and that written tables come back the same."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from jingkai.kernel.calendar.data import NamedDay
from jingkai.kernel.calendar.rules.packaged import list_packaged_days, list_packaged_years
from jingkai.kernel.calendar.rules.tables import MOST_BYTES, read_table, write_csv, write_xlsx

HEAD = "日期,上班,名称,英文名称\n"


def read(text: str) -> tuple[list[NamedDay], list[tuple[int, str]]]:
    table = read_table("days.csv", text.encode(), year=2027)
    return list(table.days), [(fault.line, fault.sentence) for fault in table.faults]


@pytest.mark.parametrize("year", list_packaged_years())
def test_written_tables_come_back_the_same(year: int) -> None:
    days = tuple(list_packaged_days(year=year))
    assert read_table("a.csv", write_csv(days).encode(), year=year).days == days
    assert read_table("a.xlsx", write_xlsx(days, year=year), year=year).days == days


@pytest.mark.parametrize(
    "text", ["2027-01-01", "2027/1/1", "2027年1月1日", "20270101", "2027.01.01", "2027-01-01 00:00:00"[:10]]
)
def test_days_are_read_as_people_write_them(text: str) -> None:
    days, faults = read(HEAD + f"{text},否,元旦,\n")
    assert days == [NamedDay(date(2027, 1, 1), False, "元旦")]
    assert not [line for line, _sentence in faults if line]


def test_chinese_spreadsheet_encoding_and_bom_are_read() -> None:
    text = HEAD + "2027-01-01,否,元旦,New Year\n"
    expected = (NamedDay(date(2027, 1, 1), False, "元旦", "New Year"),)
    for encoding in ("gb18030", "utf-8-sig"):
        assert read_table("a.csv", text.encode(encoding), year=2027).days == expected


def test_every_wrong_line_is_told_with_its_number() -> None:
    body = (
        "2027-01-01,否,元旦,\n"
        "2027-02-30,否,x,\n"
        "2026-12-31,否,x,\n"
        "2027-01-01,是,x,\n"
        "2027-03-01,perhaps,x,\n"
        "\n"
        f"2027-03-02,否,{'长' * 61},\n"
    )
    _days, faults = read(HEAD + body)
    assert [line for line, _sentence in faults] == [3, 4, 5, 6, 8]
    assert all(sentence for _line, sentence in faults)


@pytest.mark.parametrize("content", [b"", b"  \n", b"\x00\x01", b"\xd0\xcf\x11\xe0 old", b"\xff\xfe\xff"])
def test_file_that_is_no_table_is_refused(content: bytes) -> None:
    table = read_table("x.csv", content, year=2027)
    assert not table.days
    assert table.faults[0].sentence


def test_table_without_its_head_or_without_a_day_off_is_refused() -> None:
    assert read("2027-01-01,否\n")[1]
    assert read(HEAD)[1]
    assert read(HEAD + "2027-02-06,是,调休,\n")[1]


@pytest.mark.parametrize("year", list_packaged_years())
def test_complete_years_lack_no_month(year: int) -> None:
    assert read_table("a.csv", write_csv(list_packaged_days(year=year)).encode(), year=year).faults == ()


@pytest.mark.parametrize(
    ("month", "name"), [(1, "元旦"), (2, "春节"), (4, "清明节"), (5, "劳动节"), (6, "端午节"), (10, "国庆节")]
)
def test_table_with_a_missing_month_is_refused_and_names_it(month: int, name: str) -> None:
    days = [day for day in list_packaged_days(year=2026) if day.on.month != month]
    faults = read_table("a.csv", write_csv(days).encode(), year=2026).faults
    assert [name in fault.sentence for fault in faults] == [True]


def test_large_file_and_packed_bomb_are_refused() -> None:
    assert read_table("x.csv", b"a" * (MOST_BYTES + 1), year=2027).faults
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (21 * 1024 * 1024))
    assert len(out.getvalue()) < MOST_BYTES
    assert "20 MB" in read_table("x.xlsx", out.getvalue(), year=2027).faults[0].sentence


def test_damaged_workbook_is_refused() -> None:
    whole = write_xlsx([NamedDay(date(2027, 1, 1), False)], year=2027)
    assert read_table("x.xlsx", whole[: len(whole) // 2], year=2027).faults


def test_workbook_cells_of_any_type_are_read() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Date", "Working", "Name", "name_en"])
    sheet.append([datetime(2027, 1, 1), False, "元旦", None])
    sheet.append([20270206, 1, "调休", None])
    out = io.BytesIO()
    book.save(out)
    days = read_table("x.xlsx", out.getvalue(), year=2027).days
    assert [(day.on, day.working) for day in days] == [(date(2027, 1, 1), False), (date(2027, 2, 6), True)]
