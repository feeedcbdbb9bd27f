"""The leaders' board in detail: urged matters, people, where the days go; drill-down and cost."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.casework.clock import api as clock
from jingkai.casework.inbox.queries import board
from jingkai.casework.inbox.tests.test_scale import crowd, own, queries_of  # noqa: F401
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
PAGES = ("given", "people", "flows")
LATER = NOW + timedelta(days=10)


@pytest.fixture
def reviewed(timed_case: Any, cast: Any) -> Any:
    """Accepted after half a day; the fire review waited two days, took six and was suspended for three."""
    cases.claim_task(task=open_task(timed_case, "accept"), by=cast.clerk, at=NOW + timedelta(hours=6))
    finish(timed_case, "accept", "accept", by=cast.clerk, at=NOW + timedelta(hours=12))
    limit = clock.get_limit("fire_design_review", on=NOW.date(), promised=7)
    fire = clock.start_clock(limit=limit, label="消防审查", label_en="Fire review", by=SYSTEM, at=NOW)
    cases.attach_clock(case=timed_case, key="fire", clock=fire, branch="fire", by=SYSTEM, at=NOW)
    begun = NOW + timedelta(days=2, hours=12)
    cases.claim_task(task=open_task(timed_case, "fire"), by=cast.officer_fire, at=begun)
    clock.suspend_clock(
        clock=fire, reason="expert_review", basis="1号", by=cast.officer_fire, at=begun + timedelta(days=1)
    )
    clock.resume_clock(clock=fire, by=cast.officer_fire, at=begun + timedelta(days=4))
    finish(timed_case, "fire", "agree", by=cast.officer_fire, at=begun + timedelta(days=6))
    with time_machine.travel(LATER, tick=False):
        yield timed_case


def test_days_of_a_step_are_split_into_queue_work_and_suspension(reviewed, browser, cast):
    found = {one.node: one for one in board.list_bottlenecks(actor=cast.leader, at=LATER)}
    fire = found["fire"]
    assert (fire.number, fire.queue) == (1, pytest.approx(2.0))
    assert fire.hold == pytest.approx(3.0)
    assert fire.work == pytest.approx(3.0)
    assert found["accept"].queue == pytest.approx(0.25)
    client = browser(cast.leader)
    page = client.get(reverse("inbox:flows"))
    row = next(row for row in page.context["table"].rows if row.cells[0].label == "消防审查")
    tasks = client.get(row.cells[0].url).context["table"].rows
    assert [line.cells[0].label for line in tasks] == ["二期厂房"]
    assert not board.list_bottlenecks(actor=cast.officer_quality, at=LATER + timedelta(days=200))


def test_an_urge_is_followed_from_the_leader_to_whoever_took_it(reviewed, browser, cast):
    cases.urge_task(task=open_task(reviewed, "quality"), by=cast.leader, at=LATER, text="本周办结")
    client = browser(cast.leader)
    (row,) = client.get(reverse("inbox:given")).context["table"].rows
    assert row.cells[3] == "质量安全监督站 · 待领取"
    assert "本周办结" in row.cells[1].sub
    finish(reviewed, "quality", "agree", by=cast.officer_quality, at=LATER)
    (row,) = client.get(reverse("inbox:given")).context["table"].rows
    assert (row.cells[0].tone, row.cells[3], row.muted) == ("ok", "褚质安", True)
    assert not board.list_urged(actor=cast.system_admin, at=LATER)


def test_a_person_s_line_leads_to_exactly_those_cases(crowd, browser, cast):  # noqa: F811
    client = browser(cast.leader)
    rows = client.get(reverse("inbox:people")).context["table"].rows
    for name in ("王消防", "消防审验中心"):
        row = next(row for row in rows if row.cells[0].label == name)
        seen, url = 0, row.cells[0].url
        while url:
            response = client.get(url)
            seen += len(response.context["table"].rows)
            pager = response.context["pager"]
            url = reverse("inbox:cases") + pager.older_url if pager and pager.older_url else ""
        assert seen == row.cells[2], name


def test_the_board_costs_one_question_of_its_own_for_every_role(crowd, browser, cast):  # noqa: F811
    leader, head = browser(cast.leader), browser(cast.head_fire)
    for name in PAGES:
        whole, part = queries_of(leader, reverse(f"inbox:{name}")), queries_of(head, reverse(f"inbox:{name}"))
        assert len(whole) == len(part) <= 8, name
        assert len(own(whole)) <= 1, name


def test_the_board_needs_its_right_and_leaves_as_a_spreadsheet(reviewed, browser, cast):
    cases.urge_task(task=open_task(reviewed, "quality"), by=cast.leader, at=LATER)
    for name in PAGES:
        assert browser(cast.officer_fire).get(reverse(f"inbox:{name}")).status_code == 403
        address = reverse("inbox:board_export", args=[name])
        assert browser(cast.officer_fire).get(address).status_code == 403
        answer = browser(cast.leader).get(address)
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        assert sheet.max_row > 1, name
    assert browser(cast.leader).get(reverse("inbox:board_export", args=["x"])).status_code == 404
