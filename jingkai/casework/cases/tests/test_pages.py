"""Tests of "what may I see": the page by grants equals the plain query, whatever the data."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.postgres.search import SearchVector
from django.db.models import Q, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jingkai.casework.cases import api
from jingkai.casework.cases.data import FAR, CaseFilters, CaseSort, Count, Cursor
from jingkai.casework.cases.models import Case, CaseAccess
from jingkai.casework.cases.queries import pages
from jingkai.casework.cases.testing import NOW, publish_drawing
from jingkai.casework.flow.models import FlowVersion
from jingkai.kernel.parties.models import Party

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cases_follow_from_their_trails():
    """The cases here are put straight into the tables, so there is no trail to compare them with."""


DAY = timedelta(days=1)


@pytest.fixture
def grantees(db):
    rows = [Party(kind="unit", name=f"u{number}") for number in range(5)]
    return [party.pk for party in Party.objects.bulk_create(rows)]


def make_cases(specs, grantees):
    """Make cases straight in the tables: (updated, due, yellow, suspended, kind, state, who may see)."""
    CaseAccess.objects.all().delete()
    Case.objects.all().delete()
    version = FlowVersion.objects.first() or publish_drawing("plain", "start > a > end")
    cases = Case.objects.bulk_create(
        Case(
            reference=f"R{number}",
            kind=kind,
            title=f"t{number}",
            flow_version=version,
            state=state,
            opened_at=NOW + updated * DAY,
            closed_at=None if state == "open" else NOW,
            updated_at=NOW + updated * DAY,
        )
        for number, (updated, _due, _held, kind, state, _seen) in enumerate(specs)
    )
    CaseAccess.objects.bulk_create(
        CaseAccess(
            grantee_id=grantees[who],
            case=case,
            updated=case.updated_at,
            opened=case.opened_at,
            due=FAR if due is None else NOW + due * DAY,
            yellow=FAR if due is None else NOW + (due - 2) * DAY,
            suspended=held,
            kind=kind,
            state=state,
        )
        for case, (_updated, due, held, kind, state, seen) in zip(cases, specs, strict=True)
        for who in seen
    )
    return cases


def plain(grantees, sort, filters):
    """The obvious query, slow and certainly right."""
    rows = CaseAccess.objects.filter(grantee__in=grantees)
    rows = rows.filter(
        **{name: getattr(filters, name) for name in ("kind", "state") if getattr(filters, name)}
    )
    lights = {
        "suspended": Q(suspended=True),
        "red": Q(suspended=False, due__lte=NOW),
        "yellow": Q(suspended=False, yellow__lte=NOW, due__gt=NOW),
        "green": Q(suspended=False, yellow__gt=NOW, due__lt=FAR),
    }
    if filters.light:
        rows = rows.filter(lights[filters.light], state="open")
    way = "" if sort == "due" else "-"
    pairs = rows.order_by(f"{way}{sort}", f"{way}case_id").values_list("case_id", flat=True)
    return list(dict.fromkeys(pairs))


_SPEC = st.tuples(
    st.integers(0, 3),
    st.none() | st.integers(-2, 4),
    st.booleans(),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["open", "open", "closed"]),
    st.sets(st.integers(0, 4), max_size=4),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    specs=st.lists(_SPEC, max_size=25),
    who=st.sets(st.integers(0, 4), max_size=4),
    sort=st.sampled_from(list(CaseSort)),
    size=st.integers(1, 6),
    filters=st.builds(
        CaseFilters,
        kind=st.sampled_from(["", "", "a"]),
        state=st.sampled_from(["", "", "open", "closed"]),
        light=st.sampled_from(["", "", "red", "yellow", "green", "suspended"]),
    ),
)
def test_pages_equal_the_plain_query(grantees, specs, who, sort, size, filters):
    make_cases(specs, grantees)
    mine = [grantees[number] for number in who]
    expected = plain(
        mine,
        sort.value,
        filters if not filters.light else CaseFilters(kind=filters.kind, light=filters.light),
    )
    found, after, drawn = [], None, 0
    while True:
        page = api.page_of_cases(grantees=mine, sort=sort, after=after, filters=filters, limit=size, at=NOW)
        found += [case.pk for case in page.rows]
        drawn += 1
        if page.next is None:
            break
        assert len(page.rows) == size
        after = Cursor.parse(str(page.next))
        assert after == page.next
    assert found == expected
    assert drawn == max(1, -(-len(expected) // size))
    assert api.count_cases(grantees=mine, filters=filters, at=NOW) == Count(len(expected))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    specs=st.lists(st.tuples(_SPEC, st.booleans()), max_size=25),
    who=st.sets(st.integers(0, 4), min_size=1, max_size=4),
    sort=st.sampled_from(list(CaseSort)),
    size=st.integers(1, 4),
    state=st.sampled_from(["", "open"]),
    walked=st.integers(1, 6),
)
def test_pages_of_a_search_equal_the_plain_query(grantees, specs, who, sort, size, state, walked):
    """However few rows are walked before the index is asked: nothing is left out, nothing comes twice."""
    cases = make_cases([spec for spec, _named in specs], grantees)
    named = [case.pk for case, (_spec, has) in zip(cases, specs, strict=True) if has]
    Case.objects.filter(pk__in=named).update(words=SearchVector(Value("boiler"), config="simple"))
    mine, filters = [grantees[number] for number in who], CaseFilters(text="boil", state=state)
    expected = [pk for pk in plain(mine, sort.value, CaseFilters(state=state)) if pk in named]
    found, after = [], None
    with patch.object(pages, "MOST_WALKED", walked):
        while True:
            page = api.page_of_cases(
                grantees=mine, sort=sort, after=after, filters=filters, limit=size, at=NOW
            )
            found += [case.pk for case in page.rows]
            after = page.next
            if after is None:
                break
        assert api.count_cases(grantees=mine, filters=filters, at=NOW) == Count(len(expected))
    assert found == expected


def test_a_batch_with_one_moment_loses_nothing(grantees):
    make_cases([(1, None, False, "a", "open", {0, 1})] * 500, grantees)
    found, after = [], None
    while True:
        page = api.page_of_cases(grantees=grantees, after=after, limit=49, at=NOW)
        found += [case.pk for case in page.rows]
        after = page.next
        if after is None:
            break
    assert len(found) == len(set(found)) == 500
    assert str(api.count_cases(grantees=grantees, at=NOW)) == "99+"


def test_a_page_takes_one_query(grantees, django_assert_num_queries):
    make_cases([(number % 4, 1, False, "a", "open", {0}) for number in range(30)], grantees)
    with django_assert_num_queries(1):
        page = api.page_of_cases(grantees=grantees, limit=10, at=NOW)
        assert [case.applicant for case in page.rows] == [None] * 10


def test_nobody_sees_nothing(grantees, django_assert_num_queries):
    make_cases([(0, None, False, "a", "open", {0})], grantees)
    assert api.page_of_cases(grantees=[], at=NOW).rows == []
    assert api.page_of_cases(grantees=[grantees[3]], at=NOW).rows == []


@pytest.mark.parametrize(
    "text", ["", "x", "2026", "20260101T000000000000", "20260101T000000000000-", "a-b", "-5"]
)
def test_a_malformed_cursor_is_the_first_page(text):
    assert Cursor.parse(text) is None
