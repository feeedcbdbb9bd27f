"""Tests of steps of several people (会签, 或签, 依次), inclusive forks, and skipping."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.cases import api
from jingkai.casework.cases.testing import NOW, finish, open_nodes
from jingkai.casework.cases.tests.driving import begin, rows, vote
from jingkai.casework.flow.data import PassRule, Several, decide
from jingkai.kernel.audit.api import entries_of

pytestmark = pytest.mark.django_db


def review(**attributes):
    written = " ".join(f"{name}={value}" for name, value in attributes.items())
    return f"""
        start > a > review > gate[outcome == 'agree'] > good > end
        gate[] > bad > end2
        a: pool=approval
        review: each=fire,quality,airdefence outcomes=agree,object {written}
        good: pool=approval
        bad: pool=approval
    """


def test_everybody_is_asked_at_once_and_all_must_agree(cast):
    case = begin(review(outcomeAs="verdict"))
    finish(case, "a", "done")
    assert [row.pool_id for row in rows(case)] == [
        cast.unit(code) for code in ("fire", "quality", "airdefence")
    ]
    assert [row.scope for row in rows(case)] == ["review:1", "review:2", "review:3"]
    vote(case, "agree", "agree")
    assert open_nodes(case) == {"review"}
    vote(case, "agree")
    assert open_nodes(case) == {"good"}
    case.refresh_from_db()
    assert case.variables == {"verdict": "agree"}


def test_one_objection_ends_a_round_that_needs_all(cast):
    case = begin(review())
    finish(case, "a", "done")
    vote(case, "agree", "object")
    assert open_nodes(case) == {"bad"}
    assert len(rows(case, state="cancelled")) == 1


def test_two_of_three_pass_early(cast):
    case = begin(review(**{"pass": "2/3"}))
    finish(case, "a", "done")
    vote(case, "agree", "agree")
    assert open_nodes(case) == {"good"}
    assert len(rows(case, state="cancelled")) == 1


def test_two_of_three_fail_early(cast):
    case = begin(review(**{"pass": "2/3"}))
    finish(case, "a", "done")
    vote(case, "object", "object")
    assert open_nodes(case) == {"bad"}


def test_any_one_is_enough(cast):
    case = begin(review(**{"pass": "any"}))
    finish(case, "a", "done")
    vote(case, "agree")
    assert open_nodes(case) == {"good"}


def test_without_early_everybody_is_heard(cast):
    case = begin(review(early="false"))
    finish(case, "a", "done")
    vote(case, "object", "agree")
    assert open_nodes(case) == {"review"}
    vote(case, "agree")
    assert open_nodes(case) == {"bad"}


def test_one_after_the_other(cast):
    case = begin(review(sequential="true"))
    finish(case, "a", "done")
    for code in ("fire", "quality", "airdefence"):
        (row,) = rows(case)
        assert row.pool_id == cast.unit(code)
        vote(case, "agree")
    assert open_nodes(case) == {"good"}


def test_members_of_a_unit_are_asked(cast):
    case = begin("start > review > end\nreview: each=members:fire outcomes=agree,object")
    found = {row.assignee_id for row in rows(case)}
    names = ("officer_fire", "officer_fire_2", "head_fire")
    assert found == {cast.actor(name).party_id for name in names}
    with pytest.raises(api.NotYourTask):
        api.complete_task(task=rows(case)[0], outcome="agree", by=cast.clerk, at=NOW)


def test_a_list_variable_says_who(cast):
    who = [f"party:{cast.clerk.party_id}", "quality", f"party:{cast.clerk.party_id}"]
    case = begin("start > review > end\nreview: each=${who} outcomes=agree", variables="who:list", who=who)
    assert [(row.assignee_id, row.pool_id) for row in rows(case)] == [
        (cast.clerk.party_id, None),
        (None, cast.unit("quality")),
    ]
    with pytest.raises(api.NobodyThere):
        begin("start > review > end\nreview: each=${who} outcomes=agree", variables="who:list", who=[])


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_early_results_are_what_everybodys_votes_would_have_given(votes, part, whole, early):
    several = Several(rule=PassRule(of=(min(part, whole), whole), early=early), passing=("yes",))
    words = ["yes" if vote else "no" for vote in votes]
    last = decide(several, given=words, waiting=0, declared=("yes", "no"))
    for heard in range(1, len(words)):
        found = decide(several, given=words[:heard], waiting=len(words) - heard, declared=("yes", "no"))
        assert found in (None, last)


INCLUSIVE = """
    start > a > either1[area > 10] > b > meet1 > z > end
    either1[urgent] > c > c2 > meet1
    either1[] > d > meet1
    a: pool=approval
    b: pool=fire
    c: pool=fire
    c2: pool=fire
    d: pool=fire
    z: pool=fire
"""


@pytest.mark.parametrize(
    ("values", "opened"),
    [
        ({"area": 20, "urgent": True}, {"b", "c"}),
        ({"area": 20, "urgent": False}, {"b"}),
        ({"area": 1, "urgent": False}, {"d"}),
    ],
)
def test_an_inclusive_fork_opens_what_fits_and_joins_it(cast, values, opened):
    case = begin(INCLUSIVE, variables="area:number, urgent:boolean", **values)
    finish(case, "a", "done")
    assert open_nodes(case) == opened
    for node in sorted(opened):
        finish(case, node, "done")
    if "c" in opened:
        assert open_nodes(case) == {"c2"}
        finish(case, "c2", "done")
    assert open_nodes(case) == {"z"}


def test_the_same_person_twice_in_a_row_is_skipped_once(cast):
    text = """
        start > a > b > c > d > end
        a: pool=starter outcomes=agree
        b: pool=starter outcomes=agree,object skipSame=true
        c: pool=starter outcomes=agree skipSame=true
        d: pool=starter outcomes=submit skipSame=true
    """
    case = begin(text, by=cast.clerk)
    finish(case, "a", "agree", by=cast.clerk)
    assert open_nodes(case) == {"c"}
    (skipped,) = rows(case, "b", "done")
    assert (skipped.closed_by_id, skipped.on_behalf_of_id, skipped.outcome) == (
        None,
        cast.clerk.party_id,
        "agree",
    )
    assert [entry.action for entry in entries_of(case)][-1] == "task.skipped"
    finish(case, "c", "agree", by=cast.clerk)
    assert open_nodes(case) == {"d"}
