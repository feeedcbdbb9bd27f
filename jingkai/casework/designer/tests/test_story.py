"""From the drawing to the printed sheet: published, started, filled, decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from jingkai.casework.cases.api import differences
from jingkai.casework.cases.models import Case, Task
from jingkai.casework.designer.models import Design
from jingkai.casework.forms.api import answers_of, form_of, sheets_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.submissions.testing import with_token

Browser = Callable[[Actor], Client]


def filled(cast: Any, **more: str) -> dict[str, str]:
    """A complete leave request."""
    data = {
        "f-kind": "annual",
        "f-period_0": "2026-03-09",
        "f-period_1": "2026-03-13",
        "f-days": "5",
        "f-reason": "家里有事",
        "f-away": "false",
        "f-phone": "13800001111",
        "f-head": str(cast.person("head_fire").pk),
        "outcome": "submit",
    }
    return {**data, **more}


def start(cast: Any, browser: Browser, **more: str) -> Any:
    """Send the request as an officer and give the answer."""
    client = browser(cast.officer_fire)
    return client.post("/start/leave/", with_token(filled(cast, **more), user=client.user))  # type: ignore[attr-defined]


def test_staff_start_fill_decide_and_print(leave: Design, cast: Any, browser: Browser) -> None:
    client = browser(cast.officer_fire)
    assert "请假" in client.get("/start/").content.decode()
    assert "请假类别" in client.get("/start/leave/").content.decode()
    answer = start(cast, browser)
    assert answer.status_code == 302, answer.content.decode()
    case = Case.objects.get()
    assert case.title == "请假：王消防 年休假 5 天"
    assert case.variables == {"head": f"party:{cast.person('head_fire').pk}", "days": 5}
    assert case.pins["forms"] == {"leave.request": 1}
    (sheet,) = sheets_of(case.pk)
    assert str(answers_of(sheet, form_of(sheet.form))["days"]) == "5"

    head = browser(cast.head_fire)
    page = head.get(f"/cases/{case.uuid}/").content.decode()
    assert "家里有事" in page
    task = Task.objects.get(case=case, state="open")
    sent = with_token({"outcome": "agree", "opinion": "同意。", "_seen": "2"}, user=head.user)  # type: ignore[attr-defined]
    answer = head.post(f"/tasks/{task.uuid}/form/", sent)
    assert answer.status_code == 302, answer.content.decode()
    assert Task.objects.get(case=case, state="open").node_id == "leader"
    actions = [entry.action for entry in entries_of(case)]
    assert actions.count("form.answered") == 2
    assert differences(case.pk) == []

    paper = client.get(f"/forms/sheets/{sheet.uuid}/").content.decode()
    assert "同意。" in paper
    assert "分管领导审批" in paper
    pdf = client.get(f"/forms/sheets/{sheet.uuid}/sheet.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_others_read_nothing(leave: Design, cast: Any, browser: Browser) -> None:
    start(cast, browser)
    (sheet,) = sheets_of(Case.objects.get().pk)
    other = browser(cast.officer_quality)
    assert other.get(f"/forms/sheets/{sheet.uuid}/").status_code == 404
    assert other.get(f"/forms/sheets/{sheet.uuid}/sheet.pdf").status_code == 404
    assert other.get("/forms/leave.request/").status_code == 404
    assert other.get("/forms/").content.decode().count("leave.request") == 0
