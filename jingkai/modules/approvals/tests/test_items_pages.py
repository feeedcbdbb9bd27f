"""The keepers' pages: list, export, editing, review, publication, confirmation, import."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Item, ItemImport, Power
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.records.files.testing import PDF

pytestmark = pytest.mark.django_db
HALL_AT = "catalogue"
AT = moment("2026-03-02 09:00")
CODE = "road-excavation"


class Keeper:
    """A keeper of the catalogue at a browser."""

    def __init__(self, hall: Hall, name: str) -> None:
        self.client = Client()
        self.user = hall.log_in(self.client, name)

    def get(self, name: str, /, *args: Any, **query: Any) -> Any:
        return self.client.get(reverse(f"approvals:{name}", args=args), query)

    def post(self, name: str, /, *args: Any, **data: Any) -> Any:
        return self.client.post(reverse(f"approvals:{name}", args=args), with_token(data, user=self.user))


@pytest.fixture
def loaded(hall: Hall) -> Hall:
    hall.travel(AT)
    return hall


@pytest.fixture
def editor(loaded: Hall) -> Keeper:
    return Keeper(loaded, "catalogue_editor")


@pytest.fixture
def signer(loaded: Hall) -> Keeper:
    return Keeper(loaded, "deputy_director")


def sheet_of(response: Any) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_the_list_is_narrowed_sorted_exported_with_few_questions(editor: Keeper) -> None:
    editor.get("items")
    with CaptureQueriesContext(connection) as captured:
        page = editor.get("items", line="water", sort="updated_at")
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 10, [sql[:90] for sql in asked]
    assert "取水许可审批" in page.content.decode()
    assert "营业执照" not in page.content.decode()
    rows = sheet_of(editor.get("items_export", line="water"))
    assert len(rows) == 1 + Item.objects.filter(line="water").count()
    whole = sheet_of(editor.get("items_whole"))
    assert len(whole) == 2 + Item.objects.count()
    assert len(sheet_of(editor.get("items_whole", empty="1"))) == 2


def test_an_item_is_edited_reviewed_and_published(editor: Keeper, signer: Keeper) -> None:
    assert editor.post("item_begin", CODE).status_code == 302
    item = queries.get_item(code=CODE)
    version = queries.open_version(item)
    assert version is not None
    page = editor.get("item_section", CODE, version.number, "limit")
    assert page.status_code == 200
    sent = {"version": version.version, "limit_key": "permit_decision", "promised": "99"}
    assert editor.post("item_section", CODE, version.number, "limit", **sent).status_code == 302
    faulty = editor.get("item_section", CODE, version.number, "limit").content.decode()
    assert "承诺 99 日长于法定 20 日" in faulty
    version.refresh_from_db()
    sent = {"version": version.version, "limit_key": "permit_decision", "promised": "2"}
    editor.post("item_section", CODE, version.number, "limit", **sent)
    version.refresh_from_db()
    line = {"version": version.version, "act": "save", "code": "photo", "name": "照片", "name_en": "Photo"}
    editor.post("item_line", CODE, version.number, "materials", 0, **line, kind="other", need="optional")
    version.refresh_from_db()
    assert [one["code"] for one in version.content["materials"]][-1] == "photo"
    editor.post("item_line", CODE, version.number, "materials", 3, version=version.version, act="up")
    version.refresh_from_db()
    assert version.content["materials"][1]["code"] == "photo"
    editor.post("item_line", CODE, version.number, "materials", 2, version=version.version, act="remove")
    version.refresh_from_db()
    assert "photo" not in [one["code"] for one in version.content["materials"]]
    shown = signer.get("item_version", CODE, version.number).content.decode()
    assert "承诺时限" in shown
    assert signer.post("item_review", CODE, version.number, version=version.version).status_code == 302
    version.refresh_from_db()
    sent = {"version": version.version, "starts_on": "2026-03-02"}
    assert signer.post("item_publish", CODE, version.number, **sent).status_code == 302
    assert queries.get_item(code=CODE).promised == 2
    assert editor.get("item", CODE).status_code == 200


@pytest.mark.parametrize(
    ("who", "name", "args"),
    [
        ("catalogue_editor", "item_publish", (CODE, 1)),
        ("catalogue_editor", "item_review", (CODE, 1)),
        ("catalogue_editor", "item_withdraw", (CODE,)),
        ("deputy_director", "item_begin", (CODE,)),
        ("deputy_director", "items_import", ()),
        ("clerk", "item_confirm", (CODE,)),
        ("clerk", "power_new", ()),
        ("handler", "items", ()),
    ],
)
def test_rights_are_separate(loaded: Hall, who: str, name: str, args: tuple[Any, ...]) -> None:
    assert Keeper(loaded, who).post(name, *args).status_code == 403


def test_a_new_item_begins_as_a_draft_that_keeps_what_was_typed(editor: Keeper) -> None:
    sent = {"code": "brand-new", "name": "新事项", "name_en": "New item"}
    assert editor.post("item_new", **sent).status_code == 302
    item = Item.objects.get(code="brand-new")
    assert (item.state, queries.versions_of(item)[0].content["name"]) == ("draft", "新事项")
    again = editor.post("item_new", **sent)
    assert again.status_code in (409, 422)


def test_statements_are_confirmed_and_taken_back(editor: Keeper) -> None:
    sent = {"sections": ["basis", "fees"], "instrument": "示政办发〔2026〕3号", "note": ""}
    assert editor.post("item_confirm", CODE, **sent).status_code == 302
    assert "示政办发〔2026〕3号" in editor.get("item", CODE).content.decode()
    editor.post("item_confirm", CODE, withdraw="basis", reason="文件废止")
    item = queries.get_item(code=CODE)
    assert item.current is not None
    assert set(queries.live_confirmations(item, item.current.content)) == {"fees"}


def test_an_item_is_withdrawn(signer: Keeper) -> None:
    assert signer.post("item_withdraw", CODE, reason="国务院取消").status_code == 302
    assert "国务院取消" in Client().get(reverse("approvals:item_guide", args=[CODE])).content.decode()


def test_a_spreadsheet_is_read_shown_and_applied(editor: Keeper) -> None:
    content = b"".join(editor.get("items_whole").streaming_content)
    book = load_workbook(BytesIO(content))
    sheet = book["items"]
    keys = [cell.value for cell in sheet[2]]
    sheet.cell(row=3, column=keys.index("phone") + 1).value = "0000-1234"
    out = BytesIO()
    book.save(out)
    file = SimpleUploadedFile("事项.xlsx", out.getvalue())
    answer = editor.post("items_import", file=file)
    assert answer.status_code == 302
    found = ItemImport.objects.get()
    page = editor.get("item_import", found.uuid).content.decode()
    assert "咨询电话" in page or "电话" in page
    assert editor.post("item_import_apply", found.uuid).status_code == 302
    assert ItemImport.objects.get().state == "applied"
    broken = SimpleUploadedFile("坏.xlsx", b"no spreadsheet")
    editor.post("items_import", file=broken)
    last = ItemImport.objects.order_by("-pk")[0]
    assert "不是电子表格" in editor.get("item_import", last.uuid).content.decode()
    editor.post("item_import_discard", last.uuid)
    assert ItemImport.objects.order_by("-pk")[0].state == "discarded"


def test_a_power_is_entered_and_changed_on_its_page(loaded: Hall, editor: Keeper) -> None:
    item = Item.objects.get(code="air-defence-review")
    sent = {
        "item": item.pk,
        "basis": "entrusted",
        "entruster": loaded.cast.unit("county_airdefence"),
        "exercised_by": loaded.cast.unit("airdefence"),
        "instrument": "县委托〔2026〕9号",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "reason": "县政府公告",
    }
    assert editor.get("power_new").status_code == 200
    assert editor.post("power_new", **sent).status_code == 302
    power = Power.objects.get(item=item)
    assert power.respondent == "县人民防空办公室"
    changed = {**sent, "ends_on": "2027-12-31", "version": power.version}
    assert editor.post("power_change", power.uuid, **changed).status_code == 302
    power.refresh_from_db()
    assert power.ends_on.year == 2027


def test_a_form_of_the_zones_own_takes_the_typeset_ones_place(editor: Keeper, signer: Keeper) -> None:
    editor.post("item_begin", CODE)
    version = queries.open_version(Item.objects.get(code=CODE))
    assert version is not None
    rows = version.content["materials"]
    number = next(n for n, row in enumerate(rows, start=1) if row["kind"] == "form")
    told = {key: value for key, value in rows[number - 1].items() if value is not None}
    upload = SimpleUploadedFile("申请表.pdf", PDF, "application/pdf")
    place = (CODE, version.number, "materials", number)
    told |= {"version": version.version, "act": "save"}
    assert editor.post("item_line", *place, **told, blank_upload=upload).status_code == 302
    version.refresh_from_db()
    line = version.content["materials"][number - 1]
    assert line["blank_name"] == "申请表.pdf"
    assert "申请表.pdf" in editor.get("item_line", *place).content.decode()
    public = ("item_form", CODE, line["code"], "blank")
    assert editor.get(*public)["Content-Type"] == "application/pdf"  # the version in force has none yet
    operations.review_version(version=version, note="", seen=version.version, by=SYSTEM, at=AT)
    version.refresh_from_db()
    operations.publish_version(version=version, starts_on=AT.date(), seen=version.version, by=SYSTEM, at=AT)
    found = Client().get(editor.get(*public).url)
    assert b"".join(found.streaming_content) == PDF
    wrong = SimpleUploadedFile("申请表.exe", b"MZ", "application/pdf")
    editor.post("item_begin", CODE)
    version = queries.open_version(Item.objects.get(code=CODE))
    assert version is not None
    place = (CODE, version.number, "materials", number)
    told["version"] = version.version
    assert editor.post("item_line", *place, **told, blank_upload=wrong).status_code == 422


def test_a_code_that_another_item_has_is_told_beside_its_field(editor: Keeper) -> None:
    page = editor.post("item_new", code=CODE, name="又一个", name_en="Another")
    assert "已被其他事项使用" in page.content.decode() or "不能作为事项编码" in page.content.decode()
    assert Item.objects.filter(code=CODE).count() == 1
