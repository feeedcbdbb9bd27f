"""Words by which a case is found: number, title, and the applicant's name in characters and first letters."""

from __future__ import annotations

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.data import CaseFilters, TaskFilters
from jingkai.casework.cases.queries.words import words_of_name
from jingkai.casework.cases.testing import NOW
from jingkai.kernel.parties.models import Party

pytestmark = pytest.mark.django_db

NAME = "示范精密制造有限公司"


@pytest.fixture
def case(approval_flow, cast):
    Party.objects.filter(pk=cast.enterprise.pk).update(
        name=NAME, name_en="Precision Works Ltd", short_name="精制厂"
    )
    return api.start_case(
        flow_key="approval",
        kind="approvals",
        title="二期厂房",
        reference="SP2026-00009",
        applicant=cast.enterprise.pk,
        by=cast.handler,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("精密制造", True),
        ("精密", True),
        ("示范精密制造有限公司", True),
        ("精制厂", True),
        ("precision", True),
        ("Precision Works", True),
        ("sfjmzz", True),
        ("JMZZ", True),
        ("二期 精密", True),
        ("SP2026-00009", True),
        ("粗糙", False),
        ("二期 粗糙", False),
        ("mzz", False),
    ],
)
def test_cases_and_tasks_are_found_by_the_applicants_name(case, cast, text, found):
    page = api.page_of_cases(grantees=cast.leader.grantees, at=NOW, filters=CaseFilters(text=text))
    assert [row.pk for row in page.rows] == ([case.pk] if found else [])
    clerk = cast.clerk
    tasks = api.tasks_in_pools(
        pools=clerk.pools, posts=clerk.post_ids, at=NOW, filters=TaskFilters(text=text)
    )
    assert [task.case_id for task in tasks.rows] == ([case.pk] if found else [])


def test_letters_begin_at_each_word_of_a_name():
    words = words_of_name(Party(name="示范精密制造有限公司"))
    assert {"sfjmzzyxgs", "jmzzyxgs", "zzyxgs"} <= set(words)
    assert words_of_name(Party(name="")) == []
