"""Tests of search words, and of what is on me, in my pools, started and handled by me."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.cases import api
from jingkai.casework.cases.data import FAR, CaseFilters, Count, TaskFilters
from jingkai.casework.cases.models import Task
from jingkai.casework.cases.queries.words import search_expression, words_of
from jingkai.casework.cases.testing import NOW, finish, open_task

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("二期", True),
        ("厂房", True),
        ("厂房 二期", True),
        ("SP2026-00001", True),
        ("sp2026", True),
        ("00001", True),
        ("factory", True),
        ("三期", False),
        ("SP2027", False),
        ("厂房 三期", False),
        ("' | '", False),
        ("\\", False),
        ("！？", False),
    ],
)
def test_cases_are_found_by_words(approval_case, cast, text, found):
    page = api.page_of_cases(grantees=cast.clerk.grantees, filters=CaseFilters(text=text), at=NOW)
    assert [case.pk for case in page.rows] == ([approval_case.pk] if found else [])
    hidden = api.page_of_cases(grantees=cast.other_handler.grantees, filters=CaseFilters(text=text), at=NOW)
    assert hidden.rows == []
    started = api.started_by(persons=[cast.handler.party_id], filters=CaseFilters(text=text), at=NOW)
    assert bool(started.rows) is found


@given(st.text(max_size=60))
def test_any_text_is_a_lawful_search(text):
    expression = search_expression(text)
    assert expression.count("'") % 2 == 0
    words_of(text)


def test_the_four_lists_of_a_person(approval_case, cast):
    clerk, fire = cast.clerk, cast.officer_fire

    def on(actor):
        return [row.node_id for row in api.tasks_on(persons=[actor.party_id], at=NOW).rows]

    def pools(actor, **filters):
        page = api.tasks_in_pools(
            pools=actor.pools, posts=actor.post_ids, filters=TaskFilters(**filters), at=NOW
        )
        return [row.node_id for row in page.rows]

    assert (on(clerk), pools(clerk), pools(fire)) == ([], ["accept"], [])
    api.claim_task(task=open_task(approval_case, "accept"), by=clerk, at=NOW)
    assert (on(clerk), pools(clerk), pools(cast.clerk_2)) == (["accept"], [], [])
    assert str(api.count_tasks_on(persons=[clerk.party_id], at=NOW)) == "1"
    finish(approval_case, "accept", "accept", by=clerk)
    assert (on(clerk), pools(fire)) == ([], ["fire"])
    assert pools(fire, kind="approvals", text="厂房", node="fire") == ["fire"]
    assert pools(fire, kind="other") == pools(fire, text="三期") == pools(fire, light="red") == []
    assert api.count_tasks_in_pools(pools=fire.pools, posts=fire.post_ids, at=NOW) == Count(1)
    handled = api.handled_by(persons=[clerk.party_id], at=NOW)
    assert [(row.node_id, row.case.reference) for row in handled.rows] == [("accept", "SP2026-00001")]
    started = api.started_by(persons=[cast.handler.party_id], at=NOW)
    assert [case.pk for case in started.rows] == [approval_case.pk]


def test_a_page_says_who_applied_and_who_has_it(approval_case, cast, django_assert_num_queries):
    api.claim_task(task=open_task(approval_case, "accept"), by=cast.clerk, at=NOW)
    with django_assert_num_queries(1):
        page = api.page_of_cases(grantees=cast.clerk.grantees, at=NOW)
        (case,) = page.rows
        assert (case.applicant.name, case.starter.name) == ("示范精密制造有限公司", "秦经办")
    assert page.holders == api.holders([case.pk])
    assert page.holders[case.pk][0].name == "李受理"


def test_lists_of_tasks_page_by_position(cast, publish_flow, django_assert_num_queries):
    publish_flow("many", "start > a > end\na: pool=approval")
    for number in range(25):
        case = api.start_case(
            flow_key="many",
            kind="x",
            title="t",
            reference=f"M{number}",
            by=cast.handler,
            at=NOW + number % 3 * DAY,
        )
        due = None if number % 4 == 0 else NOW + number % 5 * DAY
        Task.objects.filter(case=case).update(due_at=due, assignee=cast.clerk.party_id)
    for sort in ("due", "opened"):
        found, after = [], None
        while True:
            with django_assert_num_queries(1):
                page = api.tasks_on(persons=[cast.clerk.party_id], sort=sort, after=after, limit=4, at=NOW)
            found += page.rows
            after = page.next
            if after is None:
                break
        assert len({row.pk for row in found}) == 25
        keys = [(row.due_at or FAR if sort == "due" else row.opened_at, row.pk) for row in found]
        assert keys == sorted(keys)
    for row in found:
        api.complete_task(task=row, outcome="done", by=cast.clerk, at=NOW)
    after, pages = None, 0
    while True:
        page = api.handled_by(persons=[cast.clerk.party_id], after=after, limit=10, at=NOW)
        after, pages = page.next, pages + 1
        if after is None:
            break
    assert pages == 3
