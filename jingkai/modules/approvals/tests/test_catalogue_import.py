"""Items come in by file: whole or not at all from a spreadsheet, explained row by row from the platform."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Item, ItemImport, ItemVersion
from jingkai.modules.approvals.operations.catalogue_import import ImportNotReady
from jingkai.modules.approvals.operations.own_forms import keep_files
from jingkai.modules.approvals.rules.sheets import pages, read_workbook
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db
AT = moment("2026-03-02 09:00")
HALL_AT = "catalogue"
Change = Callable[[Any], None]


@pytest.fixture
def book(hall: Hall) -> Workbook:
    made = Workbook()
    made.remove(made.active)
    items = Item.objects.filter(line="utilities").select_related("current").order_by("code")
    rows = [(item.code, item.current.content) for item in items if item.current]
    for page in pages(rows):
        sheet = made.create_sheet(page.title)
        sheet.append([label for label, _width in page.head])
        for row in page.rows:
            sheet.append(list(row))
    return made


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(hall: Hall, content: bytes) -> ItemImport:
    editor = hall.actor("catalogue_editor", AT)
    return operations.read_sheet(content=content, file_name="事项.xlsx", by=editor, at=AT)


def cell(book: Workbook, key: str, row: int = 3, sheet: str = "items") -> Any:
    keys = [found.value for found in book[sheet][2]]
    return book[sheet].cell(row=row, column=keys.index(key) + 1)


def test_what_was_exported_changes_nothing(hall: Hall, book: Workbook) -> None:
    found = read(hall, saved(book))
    assert found.faults == []
    assert {line["change"] for line in found.plan} == {"same"}
    rows, faults = read_workbook(saved(book))
    assert faults == []
    told = Item.objects.get(code=rows[0].code).current
    assert told is not None
    assert rows[0].content["materials"] == told.content["materials"]


def test_a_changed_and_a_new_row_become_drafts(hall: Hall, book: Workbook) -> None:
    cell(book, "promised").value = 1
    sheet = book["items"]
    copied = [found.value for found in sheet[4]]
    sheet.append(["brand-new", "新事项", "New item", *copied[3:]])
    found = read(hall, saved(book))
    assert found.state == "ready"
    assert [line["change"] for line in found.plan if line["change"] != "same"] == ["changed", "new"]
    assert not Item.objects.filter(code="brand-new").exists()
    editor = hall.actor("catalogue_editor", AT)
    operations.apply_import(found=found, by=editor, at=AT)
    assert ItemVersion.objects.filter(state="draft").count() == 2
    assert Item.objects.get(code="brand-new").state == "draft"
    with pytest.raises(ImportNotReady):
        operations.apply_import(found=found, by=editor, at=AT)
    again = read(hall, saved(book))
    assert {line["change"] for line in again.plan} == {"same"}


@pytest.mark.parametrize(
    ("change", "column", "row"),
    [
        (lambda book: setattr(cell(book, "promised"), "value", "三天"), "promised", 3),
        (lambda book: setattr(cell(book, "promised"), "value", 2.5), "promised", 3),
        (lambda book: setattr(cell(book, "promised", row=6), "value", 99), "promised", 6),
        (lambda book: setattr(cell(book, "name", row=4), "value", None), "name", 4),
        (lambda book: setattr(cell(book, "kind"), "value", "wish"), "kind", 3),
        (lambda book: setattr(cell(book, "unit"), "value", "nobody"), "unit", 3),
        (lambda book: setattr(cell(book, "code", row=4), "value", cell(book, "code").value), "code", 4),
        (lambda book: setattr(cell(book, "implementing_code"), "value", "1"), "implementing_code", 3),
        (lambda book: setattr(cell(book, "fee"), "value", "x" * 5000), "fee", 3),
        (lambda book: setattr(book["items"].cell(2, 40), "value", "wishes"), "wishes", 2),
        (lambda book: setattr(cell(book, "item", sheet="materials"), "value", "gone"), "item", 3),
    ],
)
def test_a_fault_names_its_row_and_column_and_nothing_counts(
    hall: Hall, book: Workbook, change: Change, column: str, row: int
) -> None:
    change(book)
    found = read(hall, saved(book))
    assert found.state == "refused"
    assert any(
        fault["column"] == column and fault["row"] == row and fault["reason"] for fault in found.faults
    )
    with pytest.raises(ImportNotReady):
        operations.apply_import(found=found, by=hall.actor("catalogue_editor", AT), at=AT)
    assert not ItemVersion.objects.filter(state="draft").exists()


@pytest.mark.parametrize("content", [b"", b"no spreadsheet", b"PK\x03\x04 broken", b"x" * (9 * 1024 * 1024)])
def test_what_is_no_spreadsheet_is_said_so(hall: Hall, content: bytes) -> None:
    found = read(hall, content)
    assert found.state == "refused"
    assert len(found.faults) == 1


def platform(*entries: Any) -> bytes:
    return json.dumps({"items": list(entries)}, ensure_ascii=False).encode()


ENTRY = {
    "localCode": "road-excavation",
    "taskName": "挖掘城市道路审批",
    "taskType": "01",
    "deptName": "行政审批局",
    "serveType": "1,2",
    "anticipateDay": 20,
    "anticipateType": "1",
    "promiseDay": "2",
    "materials": [{"materialName": "申请表", "materialType": "form", "isNeed": "1", "sourceType": "10"}],
    "unheardOf": {"left": "alone"},
}


def test_items_of_the_platform_become_drafts_and_feeding_again_changes_nothing(hall: Hall) -> None:
    new = {
        **ENTRY,
        "localCode": "",
        "catalogCode": "000115007000",
        "taskName": "平台新事项",
        "anticipateDay": 15,
        "byLaw": "某条例第三条",
        "acceptCondition": "符合条件",
        "resultName": "许可证",
        "remedy": "可以申请行政复议。",
        "isFee": "0",
    }
    found = operations.import_items(payload=platform(ENTRY, new), by=SYSTEM, at=AT)
    assert (found.state, found.faults) == ("applied", [])
    item = queries.get_item(code="road-excavation")
    version = queries.open_version(item)
    assert version is not None
    assert (version.content["promised"], version.content["audience"]) == (2, ["natural", "legal"])
    assert item.promised == 3
    made = queries.open_version(queries.get_item(code="item-000115007000"))
    assert made is not None
    assert queries.known(on=AT.date()).limits[made.content["limit_key"]] == (15, "working")
    again = operations.import_items(payload=platform(ENTRY, new), by=SYSTEM, at=AT)
    assert {line["change"] for line in again.plan} == {"same"}
    assert ItemVersion.objects.filter(state="draft").count() == 2


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        ("no item", ""),
        ({**ENTRY, "promiseDay": "soon"}, "promiseDay"),
        ({**ENTRY, "deptName": "不存在的局"}, "deptName"),
        ({**ENTRY, "materials": "none"}, "materials"),
        ({**ENTRY, "anticipateType": "9"}, "anticipateType"),
        ({**ENTRY, "anticipateDay": 15}, "limit_key"),
        ({**ENTRY, "promiseDay": 50}, "promised"),
        ({**ENTRY, "localCode": ""}, "taskCode"),
        ({**ENTRY, "taskType": "99"}, "kind"),
        ({**ENTRY, "byLaw": ["a"]}, "byLaw"),
    ],
)
def test_a_refused_item_is_explained_and_the_others_count(hall: Hall, entry: Any, column: str) -> None:
    good = {**ENTRY, "localCode": "road-occupation", "taskName": "占用城市道路"}
    found = operations.import_items(payload=platform(entry, good), by=SYSTEM, at=AT)
    assert found.state == "applied"
    assert [(fault["row"], fault["column"]) for fault in found.faults] == [(1, column)]
    assert queries.open_version(queries.get_item(code="road-occupation")) is not None
    assert queries.open_version(queries.get_item(code="road-excavation")) is None


@pytest.mark.parametrize("payload", [b"", b"<html>busy</html>", b'{"items": 5}', b"[]", "\x00", b"\xff\xfe"])
def test_nonsense_of_the_platform_changes_nothing(hall: Hall, payload: bytes | str) -> None:
    found = operations.import_items(payload=payload, by=SYSTEM, at=AT)
    assert found.state == "refused"
    assert not ItemVersion.objects.filter(state="draft").exists()


def test_two_items_with_one_code_are_refused(hall: Hall, book: Workbook) -> None:
    code = "11320800MB1234567X4000117001000"
    for row in (3, 4):
        cell(book, "implementing_code", row).value = code
    found = read(hall, saved(book))
    assert found.state == ItemImport.State.REFUSED
    twins = [(fault["row"], fault["column"]) for fault in found.faults if "其他事项" in fault["reason"]]
    assert twins == [(4, "implementing_code")]
    cell(book, "implementing_code", 4).value = ""
    Item.objects.filter(code="road-excavation").update(implementing_code="")
    other = Item.objects.exclude(line="utilities").order_by("code")[0]
    Item.objects.filter(pk=other.pk).update(implementing_code=code)
    reasons = [fault["reason"] for fault in read(hall, saved(book)).faults]
    assert any(other.code in reason for reason in reasons)


def test_a_spreadsheet_keeps_the_zones_own_forms() -> None:
    before = [{"code": "form", "blank_file": "u", "blank_name": "表.docx"}, {"code": "map"}]
    kept = keep_files(before, [{"code": "map", "name": "图"}, {"code": "form", "name": "表"}])
    assert kept == [
        {"code": "map", "name": "图"},
        {"code": "form", "name": "表", "blank_file": "u", "blank_name": "表.docx"},
    ]
