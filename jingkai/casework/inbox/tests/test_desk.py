"""The desk in the browser: what is on me, what waits, claiming once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from jingkai.casework.cases.models import Case, Task
from jingkai.casework.cases.testing import NOW, finish, open_task
from jingkai.casework.clock import api as clock
from jingkai.casework.inbox.models import SavedView
from jingkai.casework.inbox.operations import PoolIsEmpty, claim_next
from jingkai.casework.inbox.web.shown import filters
from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.ui import parts

pytestmark = pytest.mark.django_db
DESK = reverse("inbox:desk")


def page(client, **query):
    response = client.get(DESK, query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_pool_of_a_unit_is_seen_by_its_people_only(timed_case, browser, cast):
    assert "二期厂房" in page(browser(cast.clerk), tab="pool")
    assert "二期厂房" not in page(browser(cast.officer_fire), tab="pool")
    assert "二期厂房" not in page(browser(cast.clerk))


def test_a_visitor_is_sent_to_log_in_and_an_enterprise_is_refused(client, timed_case, browser, cast):
    assert client.get(DESK).status_code == 302
    assert browser(cast.handler).get(DESK).status_code == 403
    assert browser(cast.handler).get(reverse("inbox:cases")).status_code == 403


def test_claiming_moves_a_task_to_my_desk_and_counts_it(timed_case, browser, cast):
    client = browser(cast.clerk)
    task = open_task(timed_case, "accept")
    answer = client.post(reverse("inbox:claim", args=[task.uuid]), with_token(user=user_of(cast.clerk)))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("inbox:case", args=[timed_case.uuid])
    shown = page(client)
    assert "二期厂房" in shown
    assert "还剩 5 个工作日" in shown
    assert "二期厂房" in page(client, tab="mine", light="green", text="SP2026")
    assert "二期厂房" not in page(client, tab="mine", light="red")
    assert "二期厂房" not in page(client, tab="mine", text="没有这个")


def test_a_line_that_was_drawn_before_follows_day_hand_name_and_language(timed_case, browser, cast):
    """Lines are kept as they were drawn: whatever they show must change them."""
    task = open_task(timed_case, "accept")
    client = browser(cast.clerk)
    client.post(reverse("inbox:claim", args=[task.uuid]), with_token(user=user_of(cast.clerk)))
    for lines in (DESK, reverse("inbox:cases")):
        for _time in range(2):
            assert "还剩 5 个工作日" in client.get(lines).content.decode()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        client = browser(cast.clerk)
        for lines in (DESK, reverse("inbox:cases")):
            shown = client.get(lines).content.decode()
            assert "还剩 4 个工作日" in shown
            assert "还剩 5 个工作日" not in shown
    timed_case.refresh_from_db()
    Case.objects.filter(pk=timed_case.pk).update(title="三期厂房")
    Party.objects.filter(pk=timed_case.applicant_id).update(name="改名公司")
    client = browser(cast.clerk)
    for lines in (DESK, reverse("inbox:cases")):
        shown = client.get(lines).content.decode()
        assert "三期厂房" in shown
        assert "改名公司" in shown
        assert "还剩 5 个工作日" in shown
        english = client.get(lines, headers={"accept-language": "en"}).content.decode()
        assert "5 working days left" in english
    running = timed_case.clocks.get(key="acceptance").clock
    clock.stop_clock(clock=running, outcome="granted", by=SYSTEM, at=NOW)
    for lines in (DESK, reverse("inbox:cases")):
        assert "还剩" not in client.get(lines).content.decode()


def test_the_strip_shows_what_was_asked_for_and_words_are_not_kept(timed_case, browser, cast, monkeypatch):
    client, kept = browser(cast.clerk), []
    drawn = parts.drawn
    monkeypatch.setattr(
        parts, "drawn", lambda template, *given: kept.append(template) or drawn(template, *given)
    )
    for _time in range(2):
        assert '<option value="red" selected>' in page(client, light="red")
        assert '<option value="red">' in page(client, light="green")
    assert filters.STRIP in kept
    kept.clear()
    assert 'value="某某厂房"' in page(client, text="某某厂房")
    assert filters.STRIP not in kept


def user_of(actor):
    from jingkai.kernel.accounts.testing import login_of

    return login_of(actor)


def test_the_same_click_twice_claims_once_and_leads_to_the_same_page(timed_case, browser, cast):
    client = browser(cast.clerk)
    address = reverse("inbox:claim", args=[open_task(timed_case, "accept").uuid])
    sent = with_token(user=user_of(cast.clerk))
    first, second = client.post(address, sent), client.post(address, sent)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Task.objects.filter(assignee_id=cast.clerk.party_id).count() == 1


def test_the_slower_of_two_clerks_is_told_who_has_it(timed_case, browser, cast):
    task = open_task(timed_case, "accept")
    address = reverse("inbox:claim", args=[task.uuid])
    browser(cast.clerk).post(address, with_token(user=user_of(cast.clerk)))
    late = browser(cast.clerk_2).post(address, with_token(user=user_of(cast.clerk_2)))
    assert late.status_code == 409
    assert "李受理" in late.content.decode()
    task.refresh_from_db()
    assert task.assignee_id == cast.clerk.party_id


def test_nobody_outside_the_unit_can_claim(timed_case, browser, cast):
    address = reverse("inbox:claim", args=[open_task(timed_case, "accept").uuid])
    refused = browser(cast.officer_fire).post(address, with_token(user=user_of(cast.officer_fire)))
    assert refused.status_code == 403
    assert not Task.objects.filter(assignee__isnull=False, node_id="accept").exists()


def test_the_next_one_is_the_one_due_first(timed_case, cast, approval_flow, another_case):
    # the other case has no clock, so it comes after the one with five days
    assert claim_next(by=cast.clerk, at=NOW).case_id == timed_case.pk
    assert claim_next(by=cast.clerk, at=NOW).case_id == another_case.pk
    with pytest.raises(PoolIsEmpty):
        claim_next(by=cast.clerk, at=NOW)


def test_claim_next_with_an_empty_pool_says_so(browser, cast):
    answer = browser(cast.clerk).post(reverse("inbox:claim_next"), with_token(user=user_of(cast.clerk)))
    assert answer.status_code == 409
    assert "没有" in answer.content.decode()


def test_a_batch_claims_what_is_free_and_says_what_is_not(timed_case, another_case, browser, cast):
    taken = open_task(timed_case, "accept")
    browser(cast.clerk_2).post(
        reverse("inbox:claim", args=[taken.uuid]), with_token(user=user_of(cast.clerk_2))
    )
    client = browser(cast.clerk)
    both = [str(open_task(case, "accept").uuid) for case in (timed_case, another_case)]
    sent = with_token({"task": both}, user=user_of(cast.clerk))
    answer = client.post(reverse("inbox:claim_many"), sent, follow=True)
    text = answer.content.decode()
    assert "周窗口" in text
    assert Task.objects.filter(assignee_id=cast.clerk.party_id).count() == 1


def test_a_batch_without_a_tick_is_told(browser, cast, timed_case):
    sent = with_token(user=user_of(cast.clerk))
    answer = browser(cast.clerk).post(reverse("inbox:claim_many"), sent)
    assert answer.status_code == 422


def test_what_i_handled_stays_findable_with_where_it_is_now(timed_case, browser, cast):
    finish(timed_case, "accept", "accept", by=cast.clerk)
    shown = page(browser(cast.clerk), tab="handled")
    assert "二期厂房" in shown
    assert "受理" in shown


def test_pages_follow_each_other_without_gap_and_lead_back(many_tasks, browser, cast):
    client = browser(cast.clerk)
    seen: list[str] = []
    response = client.get(DESK, {"tab": "pool"})
    for _page in range(4):
        seen += [row.value for row in response.context["table"].rows]
        pager = response.context["pager"]
        if not pager or not pager.older_url:
            break
        response = client.get(DESK + pager.older_url)
    assert len(seen) == len(set(seen)) == 120
    back = client.get(DESK + response.context["pager"].newer_url)
    assert [row.value for row in back.context["table"].rows] == seen[50:100]
    assert "99+" in back.content.decode()


def test_a_saved_view_opens_by_itself_and_belongs_to_one_person(browser, cast, timed_case):
    client = browser(cast.clerk)
    given = {"page": "desk", "query": "tab=pool&light=green&after=x", "name": "绿灯", "is_default": "on"}
    answer = client.post(reverse("inbox:new_view"), with_token(given, user=user_of(cast.clerk)))
    assert answer.status_code == 302
    view = SavedView.objects.get()
    assert view.query == "tab=pool&light=green"
    assert client.get(DESK)["Location"] == f"{DESK}?tab=pool&light=green"
    other = browser(cast.clerk_2)
    assert other.get(DESK).status_code == 200
    address = reverse("inbox:delete_view", args=[view.uuid])
    assert other.post(address, with_token(user=user_of(cast.clerk_2))).status_code == 404
    assert client.post(address, with_token(user=user_of(cast.clerk))).status_code == 302
    assert not SavedView.objects.exists()


def test_an_export_is_a_spreadsheet_without_formulas_and_leaves_a_line_in_the_trail(
    browser, cast, approval_flow, formula_case
):
    from io import BytesIO

    from openpyxl import load_workbook

    from jingkai.kernel.audit.models import TrailEntry

    answer = browser(cast.clerk).get(reverse("inbox:desk_export"), {"tab": "pool"})
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
    entry = TrailEntry.objects.get(action="list.exported")
    assert entry.actor_id == cast.clerk.party_id
    assert entry.facts == {"list": "desk", "filter": "tab=pool"}
