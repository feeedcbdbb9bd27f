"""The pages of the designer: who may, remarks, saving, forms, import, start rules, moves, runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jingkai.casework.cases.testing import NOW
from jingkai.casework.designer.data import StartRule
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.operations import publish_design, save_drawing, save_head
from jingkai.casework.designer.testing import start_leave
from jingkai.casework.designer.tests.test_drawing import ENTITY, drawing
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.submissions.testing import with_token

Browser = Callable[[Actor], Client]


@pytest.fixture
def admin(cast: Any, browser: Browser) -> Client:
    """Somebody who may draw flows."""
    return browser(cast.catalogue_editor)


def send(client: Client, path: str, **data: Any) -> Any:
    """Send a form with its one-time mark."""
    return client.post(path, with_token(data, user=client.user))  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", ["officer_fire", "leader", "security_admin", "audit_admin"])
def test_others_may_not_design(leave: Design, cast: Any, browser: Browser, who: str) -> None:
    client = browser(getattr(cast, who))
    for path in ("", "new/", f"{leave.uuid}/", f"{leave.uuid}/draw/", f"{leave.uuid}/forms/request/"):
        assert client.get(f"/system/flows/{path}").status_code == 403
    assert client.post(f"/system/flows/{leave.uuid}/save/", {"bpmn": "x", "seen": "1"}).status_code == 403


def test_both_administrators_may(leave: Design, cast: Any, browser: Browser) -> None:
    for who in ("system_admin", "catalogue_editor"):
        client = browser(getattr(cast, who))
        for path in ("", f"{leave.uuid}/", f"{leave.uuid}/draw/", f"{leave.uuid}/publish/", "new/"):
            assert client.get(f"/system/flows/{path}").status_code == 200


def test_remarks_while_drawing_name_element_and_form(leave: Design, admin: Client) -> None:
    wrong = drawing().replace("days &gt; 3", "dayz &gt; 3")
    answer = admin.post(f"/system/flows/{leave.uuid}/lint/", {"bpmn": wrong})
    (remark,) = json.loads(answer.content)["remarks"]
    assert (remark["element"], remark["level"]) == ("long", "fault")
    hostile = json.loads(admin.post(f"/system/flows/{leave.uuid}/lint/", {"bpmn": ENTITY}).content)
    assert hostile["remarks"][0]["level"] == "fault"
    leave.refresh_from_db()
    assert leave.version == 1


def test_saving_answers_with_remarks_or_what_changed(leave: Design, admin: Client) -> None:
    path = f"/system/flows/{leave.uuid}/save/"
    first = admin.post(path, {"bpmn": drawing().replace("同意", "准"), "seen": "1"})
    assert json.loads(first.content)["version"] == 2
    stale = admin.post(path, {"bpmn": drawing().replace("分管", "主管"), "seen": "1"})
    assert stale.status_code == 409
    assert json.loads(stale.content)["changes"]
    refused = admin.post(path, {"bpmn": ENTITY, "seen": "2"})
    assert refused.status_code == 422
    assert json.loads(refused.content)["detail"]


def test_a_hostile_or_broken_file_is_refused_on_its_page(leave: Design, admin: Client) -> None:
    path = f"/system/flows/{leave.uuid}/import/"
    for content in (ENTITY.encode(), b"\xff\xfe\x00", b"<a/>"):
        answer = send(admin, path, file=SimpleUploadedFile("a.bpmn", content), seen="1")
        assert answer.status_code == 422
    form = f"/system/flows/{leave.uuid}/forms/request/import/"
    for content in (b"{", b"[1]", b'{"fields": 3}', b"\xff", b"[" * 100_000):
        answer = send(admin, form, file=SimpleUploadedFile("a.json", content), seen="1")
        assert answer.status_code == 422
    leave.refresh_from_db()
    assert leave.version == 1


def test_an_exported_form_and_drawing_can_be_imported(leave: Design, admin: Client) -> None:
    exported = admin.get(f"/system/flows/{leave.uuid}/forms/request/form.json").content
    changed = exported.replace("请假事由".encode(), "事由".encode())
    path = f"/system/flows/{leave.uuid}/forms/request/import/"
    assert send(admin, path, file=SimpleUploadedFile("f.json", changed), seen="1").status_code == 302
    published = admin.get(f"/system/flows/{leave.uuid}/drawing-1.bpmn").content
    answer = send(
        admin,
        "/system/flows/new/",
        template="blank",
        name="抄",
        key="copy",
        file=SimpleUploadedFile("a.bpmn", published),
    )
    assert answer.status_code == 302
    assert "@1" not in Design.objects.get(key="copy").bpmn


def test_a_field_is_added_moved_and_taken_out(leave: Design, admin: Client) -> None:
    base = f"/system/flows/{leave.uuid}/forms/request"
    facts = {"label": "编号", "name": "number", "kind": "text", "pattern": "[0-9]{4}", "right:head": "hidden"}
    assert send(admin, f"{base}/fields/-/", **facts).status_code == 302
    assert send(admin, f"{base}/fields/-/", **facts).status_code == 422
    assert (
        send(admin, f"{base}/fields/-/", **{**facts, "name": "n2", "visible": "ghost > 1"}).status_code == 422
    )
    assert send(admin, f"{base}/fields/number/arrange/", act="up").status_code == 302
    leave.refresh_from_db()
    names = [one["name"] for one in leave.forms["request"]["fields"]]
    assert names[-2:] == ["number", "head"]
    assert leave.forms["request"]["fields"][-2]["rights"] == {"head": "hidden"}
    assert send(admin, f"{base}/fields/number/arrange/", act="remove").status_code == 302
    assert admin.get(f"{base}/?step=head").status_code == 200
    kind = admin.get(f"{base}/fields/kind/").content.decode()
    assert "annual=年休假|annual leave" in kind


def test_only_whom_the_rule_names_may_start(leave: Design, cast: Any, browser: Browser) -> None:
    rule = StartRule(everyone=False, units=("construction",), roles=("clerk",))
    save_head(design=leave, name="请假", name_en="", summary="", summary_en="", start=rule, by=SYSTEM, at=NOW)
    for who, status in {"officer_fire": 200, "clerk": 200, "leader": 404, "handler": 403}.items():
        client = browser(getattr(cast, who))
        assert client.get("/start/leave/").status_code == status, who
        if status != 200:
            assert send(client, "/start/leave/", outcome="submit").status_code == status
    closed = StartRule(is_open=False)
    save_head(
        design=leave, name="请假", name_en="", summary="", summary_en="", start=closed, by=SYSTEM, at=NOW
    )
    assert browser(cast.clerk).get("/start/leave/").status_code == 404


def test_versions_are_compared_and_cases_moved_after_a_dry_run(
    leave: Design, cast: Any, browser: Browser
) -> None:
    case = start_leave(cast)
    changed = (
        drawing().replace('id="head"', 'id="chief"').replace('"head"', '"chief"').replace(">head<", ">chief<")
    )
    changed = changed.replace("${chief}", "${head}")
    save_drawing(design=leave, bpmn=changed, seen=1, by=SYSTEM, at=NOW)
    form = json.loads(
        json.dumps(leave.forms["request"]).replace('"opinions": ["head"', '"opinions": ["chief"')
    )
    leave.refresh_from_db()
    leave.forms["request"] = form
    leave.save()
    publish_design(design=leave, seen=leave.version, by=SYSTEM, at=NOW)
    admin = browser(cast.system_admin)
    page = admin.get(f"/system/flows/{leave.uuid}/compare/?old=1&new=2").content.decode()
    assert "chief" in page
    dry = admin.get(f"/system/flows/{leave.uuid}/migrate/?old=1&new=2").content.decode()
    assert case.reference in dry
    assert f"/cases/{case.uuid}/" not in dry, "she may not open what she moves, so no link leads her there"
    assert "保留" in dry
    path = f"/system/flows/{leave.uuid}/migrate/?old=1&new=2&map:head=chief"
    assert "转移" in admin.get(path).content.decode()
    answer = send(admin, f"/system/flows/{leave.uuid}/migrate/", old="1", new="2", **{"map:head": "chief"})
    assert answer.status_code == 302
    assert admin.get(answer.headers["Location"]).status_code == 200


def test_a_draft_is_simulated(leave: Design, admin: Client, working_calendar: Any) -> None:
    path = f"/system/flows/{leave.uuid}/simulate/"
    assert admin.get(path).status_code == 200
    query = "cases=50&a_day=4&hours=7&absent=0&people:others=1&people:role:leader=1"
    query += "&work:apply=10&work:head=60&work:leader=30&value:days=1,5"
    page = admin.get(f"{path}?{query}").content.decode()
    assert "data-chart" in page
