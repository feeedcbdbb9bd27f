"""Tests of moving running cases to another version."""

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.models import Case
from jingkai.casework.cases.testing import NOW, finish, open_nodes, publish_drawing
from jingkai.casework.cases.tests.driving import begin
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


def test_cases_move_to_a_new_version(cast):
    pools = "\n".join(f"{node}: pool=fire" for node in "abcz")
    old = f"start > a > fork > b > join > z > end\nfork > c > join\n{pools}"
    cases = [begin(old, key="moving") for _number in range(3)]
    finish(cases[1], "a", "done")
    finish(cases[2], "a", "done")
    finish(cases[2], "b", "done")
    finish(cases[2], "c", "done")
    publish_drawing("moving", old.replace("b:", "b: x-hint=look"))
    text = old.replace("z >", "last >").replace("z:", "last:").replace("> c >", "> c2 >").replace("c:", "c2:")
    publish_drawing("moving", text)
    plan, after = api.plan_migration(key="moving", from_version=1, to_version=3, mapping={})
    assert after is None
    assert [bool(fate.reasons) for fate in plan] == [False, True, True]
    mapping = {"c": "c2", "z": "last"}
    plan, after = api.plan_migration(key="moving", from_version=1, to_version=3, mapping=mapping, limit=2)
    assert [bool(fate.reasons) for fate in plan] == [False, False]
    assert after == cases[1].pk
    with pytest.raises(api.MappingWrong):
        api.plan_migration(key="moving", from_version=1, to_version=3, mapping={"c": "nowhere"})
    run = api.begin_migration(
        key="moving", from_version=1, to_version=3, mapping={"c": "c2"}, by=SYSTEM, at=NOW
    )

    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.total, run.moved, run.refused) == ("done", 3, 2, 1)
    assert run.refusals[0]["reference"] == cases[2].reference
    assert open_nodes(cases[1]) == {"b", "c2"}
    for node in ("b", "c2", "last"):
        finish(cases[1], node, "done")
    assert Case.objects.get(pk=cases[1].pk).state == "closed"
    assert Case.objects.get(pk=cases[2].pk).flow_version.version == 1
