"""A rota from a sheet: read in whole, or every wrong line told and nothing read in."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from jingkai.modules.windows.models import Shift
from jingkai.modules.windows.operations import rota_sheet
from jingkai.modules.windows.testing import Counters

MONDAY = date(2026, 3, 9)


def sheet(*lines: tuple[Any, ...]) -> BytesIO:
    book = Workbook()
    for line in (("日期", "半天", "窗口", "人员"), *lines):
        book.worksheets[0].append(line)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def read(counters: Counters, file: Any) -> None:
    rota_sheet.read_in(file=file, monday=MONDAY, by=counters.actor("approval_head"), at=counters.at)


def test_read_in(counters: Counters) -> None:
    read(
        counters,
        sheet(("2026-03-10", "上午", 1, "李受理"), (date(2026, 3, 10), "PM", "2号", "周窗口"), (None,) * 4),
    )
    assert sorted(Shift.objects.values_list("window__number", "half")) == [(1, "am"), (2, "pm")]


def test_every_wrong_line_is_told_and_nothing_is_read_in(counters: Counters) -> None:
    with pytest.raises(rota_sheet.SheetWrong) as caught:
        read(
            counters,
            sheet(
                ("2026-03-10", "上午", 1, "李受理"),
                ("2026-03-14", "上午", 1, "李受理"),
                ("2026-03-10", "半夜", 1, "李受理"),
                ("2026-03-10", "上午", 99, "李受理"),
                ("2026-03-10", "下午", 1, "无此人"),
                ("2026-03-10", "上午", 1, "周窗口"),
            ),
        )
    assert [error.row for error in caught.value.errors] == [3, 4, 5, 6, 7]
    assert not Shift.objects.exists()


@pytest.mark.parametrize("content", [b"", b"not a sheet", b"PK\x03\x04broken"])
def test_not_a_sheet(counters: Counters, content: bytes) -> None:
    with pytest.raises(rota_sheet.SheetUnreadable):
        read(counters, BytesIO(content))
