"""The pages of forms: drafts, errors that lose nothing, lines of tables, files, lists, exports, strangers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.testing import NOW, publish_drawing
from jingkai.casework.forms.models import Answer, Draft, Sheet
from jingkai.casework.forms.operations import publish_form
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.submissions.testing import with_token
from jingkai.records.files.models import Attachment

pytestmark = pytest.mark.django_db

FORM = {
    "name": "采购单",
    "name_en": "Purchase",
    "rights": {"ask": "write"},
    "fields": [
        {"name": "what", "label": "名称", "label_en": "What", "required": True},
        {
            "name": "lines",
            "kind": "table",
            "label": "明细",
            "columns": [
                {"name": "item", "label": "物品", "required": True},
                {"name": "cost", "kind": "money", "label": "金额"},
            ],
        },
        {"name": "total", "kind": "sum", "label": "合计", "of": ["lines.cost"]},
        {"name": "papers", "kind": "files", "label": "附件"},
        {"name": "checked", "kind": "yesno", "label": "已核", "required": True, "rights": {"check": "write"}},
        {"name": "secret", "label": "内部", "rights": {"check": "hidden"}},
    ],
}
FLOW = """
    start > ask > check > end
    ask: pool=starter form=form:buy.sheet@1 outcomes=submit
    check: pool=approval form=form:buy.sheet@1 outcomes=agree,reject
"""

Browser = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """Every request comes at the same moment."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def case(cast: Any) -> Case:
    """A purchase that the officer has just begun; its first step is on her."""
    from jingkai.casework.cases.api import start_case

    publish_form(key="buy.sheet", definition=FORM, by=SYSTEM, at=NOW)
    publish_drawing("buy", FLOW, variables="total:number")
    return start_case(
        flow_key="buy", kind="office", title="采购", reference="NB1", by=cast.officer_fire, at=NOW
    )


def client_of(actor: Actor) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.user = log_in(client, actor)  # type: ignore[attr-defined]
    return client


def post(client: Client, task: Task, data: dict[str, Any]) -> Any:
    """Send the form of a step."""
    return client.post(f"/tasks/{task.uuid}/form/", with_token(data, user=client.user))  # type: ignore[attr-defined]


def task_of(case: Case) -> Task:
    """The open task of a case."""
    return Task.objects.get(case=case, state="open")


FILLED = {
    "f-what": "打印纸",
    "f-checked": "true",
    "f-lines-rows": "3",
    "f-lines-0-item": "A4",
    "f-lines-0-cost": "12.50",
    "f-lines-1-item": "A3",
    "f-lines-1-cost": "7.5",
    "f-lines-2-item": "",
    "f-lines-2-cost": "",
    "outcome": "submit",
    "_seen": "0",
}


def test_answers_are_stored_as_typed_rows_with_the_task(case: Case, cast: Any) -> None:
    answer = post(client_of(cast.officer_fire), task_of(case), FILLED)
    assert answer.status_code == 302, answer.content.decode()
    case.refresh_from_db()
    assert task_of(case).node_id == "check"
    assert case.variables == {"total": 20}
    rows = Answer.objects.filter(name="lines.cost").order_by("row")
    assert [(row.row, str(row.number)) for row in rows] == [(1, "12.500000"), (2, "7.500000")]
    assert not Answer.objects.filter(name="checked").exists() or Answer.objects.get(name="checked").truth


def test_an_error_loses_nothing_and_moves_nothing(case: Case, cast: Any) -> None:
    client = client_of(cast.officer_fire)
    wrong = {**FILLED, "f-what": "", "f-lines-1-cost": "七元"}
    page = post(client, task_of(case), wrong)
    text = page.content.decode()
    assert page.status_code == 422
    assert "七元" in text
    assert "A4" in text
    assert task_of(case).node_id == "ask"
    assert not Answer.objects.exists()


def test_a_draft_is_kept_and_given_back_to_its_writer_alone(case: Case, cast: Any) -> None:
    client, task = client_of(cast.officer_fire), task_of(case)
    answer = post(client, task, {"f-what": "半句", "f-lines-rows": "1", "_save": "1"})
    assert answer.status_code == 302
    assert "半句" in client.get(f"/tasks/{task.uuid}/form/").content.decode()
    answer = post(client, task, {"f-what": "半句", "f-lines-rows": "2", "_more": "lines"})
    assert answer.status_code == 302
    assert "f-lines-2-item" in client.get(f"/tasks/{task.uuid}/form/").content.decode()
    client.post(f"/tasks/{task.uuid}/form/draft/", {"f-what": "整句"})
    assert Draft.objects.get().data["f-what"] == ["整句"]
    assert post(client, task, FILLED).status_code == 302
    assert not Draft.objects.exists()


def test_what_a_step_may_not_write_is_not_written(case: Case, cast: Any) -> None:
    post(client_of(cast.officer_fire), task_of(case), {**FILLED, "f-secret": "底价"})
    clerk = client_of(cast.clerk)
    text = clerk.get(f"/tasks/{task_of(case).uuid}/form/").content.decode()
    assert "打印纸" in text
    assert Answer.objects.get(name="secret").text == "底价"
    assert "内部" not in text
    sheet = Sheet.objects.get(case=case)
    sent = {"f-what": "别的", "f-checked": "false", "outcome": "agree", "_seen": str(sheet.version)}
    assert post(clerk, task_of(case), sent).status_code == 302
    assert Answer.objects.get(sheet=sheet, name="what").text == "打印纸"
    assert Answer.objects.get(sheet=sheet, name="checked").truth is False


def test_two_who_write_the_same_field_are_told(case: Case, cast: Any) -> None:
    post(client_of(cast.officer_fire), task_of(case), FILLED)
    Answer.objects.update_or_create(
        sheet=Sheet.objects.get(case=case), name="checked", defaults={"truth": True, "written": 9}
    )
    page = post(
        client_of(cast.clerk), task_of(case), {"f-checked": "false", "outcome": "agree", "_seen": "2"}
    )
    assert page.status_code == 422
    assert "已核" in page.content.decode()
    assert task_of(case).node_id == "check"


def test_files_come_with_the_form_where_no_script_runs(case: Case, cast: Any) -> None:
    file = SimpleUploadedFile("说明.txt", "采购说明".encode(), content_type="text/plain")
    assert post(client_of(cast.officer_fire), task_of(case), {**FILLED, "papers": file}).status_code == 302
    attachment = Attachment.objects.get()
    assert attachment.slot == "papers"
    assert client_of(cast.clerk).get(f"/files/{attachment.uuid}").status_code == 200
    assert client_of(cast.officer_quality).get(f"/files/{attachment.uuid}").status_code in (403, 404)
    other = SimpleUploadedFile("x.txt", b"x", content_type="text/plain")
    refused = post(
        client_of(cast.clerk), task_of(case), {"f-checked": "true", "what": other, "outcome": "agree"}
    )
    assert refused.status_code == 422
    assert Attachment.objects.count() == 1


def test_lists_and_exports_hold_what_the_reader_may_see(case: Case, cast: Any) -> None:
    post(client_of(cast.officer_fire), task_of(case), {**FILLED, "f-what": "=1+1"})
    client = client_of(cast.officer_fire)
    assert "NB1" in client.get("/forms/buy.sheet/?field=lines.cost&low=10").content.decode()
    assert "NB1" not in client.get("/forms/buy.sheet/?field=lines.cost&low=13").content.decode()
    assert "NB1" in client.get("/forms/buy.sheet/?field=what&text=1").content.decode()
    assert client.get("/forms/buy.sheet/?field=ghost&low=x&after=zz").status_code == 200
    book = load_workbook(io.BytesIO(b"".join(client.get("/forms/buy.sheet/answers.xlsx").streaming_content)))  # type: ignore[attr-defined]
    cell = book.worksheets[0]["D2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert book.worksheets[1].max_row == 3
    found = json.loads(client.get("/forms/buy.sheet/answers.json").content)
    assert found["sheets"][0]["answers"]["total"] == 20
    stranger = client_of(cast.officer_quality)
    for path in ("/forms/buy.sheet/", "/forms/buy.sheet/answers.xlsx", "/forms/buy.sheet/answers.json"):
        assert stranger.get(path).status_code == 404
