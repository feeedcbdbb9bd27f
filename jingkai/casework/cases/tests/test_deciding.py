"""Tests of steps that a table decides."""

from datetime import timedelta

import pytest

from jingkai.casework.cases.models import Case
from jingkai.casework.cases.testing import NOW, finish, open_nodes
from jingkai.casework.cases.tests.driving import begin
from jingkai.casework.flow.api import publish_decision
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="level" name="审批层级"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="e" typeRef="number"><text>amount</text></inputExpression></input>
<output id="o" name="level" typeRef="string"/>
<rule id="r1"><inputEntry id="a"><text>{first}</text></inputEntry>
<outputEntry id="b"><text>"head"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>-</text></inputEntry>
<outputEntry id="f"><text>"leader"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_table_decides_and_a_running_case_keeps_its_version(cast):
    text = """
        start > a > rule_level > gate[level == 'head'] > b > end
        gate[] > c > end
        a: pool=approval
        rule_level: decision=level
        b: pool=fire
        c: pool=fire
    """
    publish_decision(key="level", dmn=TABLE.format(first="&lt; 1000"), by=SYSTEM, at=NOW - timedelta(days=1))
    variables = "amount:number, level"
    first = begin(text, variables=variables, amount=500)
    publish_decision(key="level", dmn=TABLE.format(first="&lt; 10"), by=SYSTEM, at=NOW + timedelta(hours=1))
    finish(first, "a", "done")
    assert open_nodes(first) == {"b"}
    Case.objects.filter(pk=first.pk).update(opened_at=first.opened_at)
    second = begin(text, variables=variables, amount=5000)
    finish(second, "a", "done")
    assert open_nodes(second) == {"c"}


def test_a_second_table_is_told_what_the_first_has_given(cast):
    """Both stand in one way without a task between them."""
    second = (
        TABLE.replace('id="level" name="审批层级"', 'id="rank" name="层级"')
        .replace("number", "string")
        .replace("<text>amount</text>", "<text>level</text>")
        .replace('name="level" typeRef', 'name="rank" typeRef')
    )
    publish_decision(key="level", dmn=TABLE.format(first="&lt; 1000"), by=SYSTEM, at=NOW)
    publish_decision(key="rank", dmn=second.format(first='"head"'), by=SYSTEM, at=NOW)
    text = """
        start > a > rule_level > rule_rank > gate[rank == 'head'] > b > end
        gate[] > c > end
        a: pool=approval
        rule_level: decision=level
        rule_rank: decision=rank
        b: pool=fire
        c: pool=fire
    """
    case = begin(text, variables="amount:number, level, rank", amount=500)
    finish(case, "a", "done")
    assert open_nodes(case) == {"b"}
