"""Tests of moving a case along its flow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case, CaseAccess, Opinion, Task
from jingkai.casework.cases.tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast, approval):
    return api.start_case(
        flow_key="approval",
        kind="approvals",
        title="二期厂房",
        applicant=cast.enterprise,
        starter=cast.person("handler"),
        reference="SP2026-00001",
        by=cast.handler,
        at=NOW,
    )


def open_task(case, node):
    return Task.objects.get(case=case, node_id=node, state="open")


def open_nodes(case):
    return set(Task.objects.filter(case=case, state="open").values_list("node_id", flat=True))


def test_whole_story(case, cast):
    assert open_nodes(case) == {"accept"}
    steps = []

    def do(node, by, outcome):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            api.complete_task(task=open_task(case, node), outcome=outcome, opinion="可", by=by, at=NOW)
        steps.append((node, len(seen) - 1))
        if len(seen) > 12:
            for q in seen:
                print(q["sql"][:150])

    do("accept", cast.clerk, "correct")
    do("supplement", cast.handler, "supplied")
    do("accept", cast.clerk, "accept")
    assert open_nodes(case) == {"fire", "airdefence", "quality"}
    do("fire", cast.officer_fire, "agree")
    do("airdefence", cast.officer_airdefence, "agree")
    assert open_nodes(case) == {"quality"}
    do("quality", cast.officer_quality, "agree")
    do("summarise", cast.officer_fire_2, "granted")
    do("sign", cast.deputy_director, "return")
    do("summarise", cast.officer_fire_2, "granted")
    do("sign", cast.deputy_director, "sign")
    do("seal", cast.custodian, "sealed")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "sealed")
    assert case.variables == {"conclusion": "granted"}
    print(steps)
