"""After every test of this app: the rows of every case that there is agree with the case's trail."""

from collections.abc import Iterator

import pytest

from jingkai.casework.cases.api import differences
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.testing import finish
from jingkai.casework.cases.tests.driving import LINE, begin


@pytest.fixture
def agrees_with_the_trail(db: None) -> Iterator[None]:
    """Compare rows and trail of every case when the test is over."""
    yield
    for case_id in Case.objects.values_list("pk", flat=True):
        assert differences(case_id) == []


@pytest.fixture(autouse=True)
def cases_follow_from_their_trails(request: pytest.FixtureRequest) -> None:
    """Let tests that use the database be checked against the trail."""
    if "db" in request.fixturenames or "django_db_setup" in request.fixturenames:
        request.getfixturevalue("agrees_with_the_trail")


@pytest.fixture
def forked(cast):
    """A case inside its fork: `b` is open at the fire centre, `c` at the quality station."""
    case = begin(LINE)
    finish(case, "a", "agree")
    return case
