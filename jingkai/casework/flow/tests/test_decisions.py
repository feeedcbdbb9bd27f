"""Tests of decision tables: cells, evaluation, reading DMN, publishing, versions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.flow import api
from jingkai.casework.flow.data import DecisionConflict, FaultCode, UnaryError, evaluate, parse_unary
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.permissions.data import SYSTEM

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "passes", "fails"),
    [
        ("-", [None, 1, "a"], []),
        ("", [None, "x"], []),
        ('"a"', ["a", ["b", "a"]], ["b", None, 1, []]),
        ('"a","b"', ["a", "b"], ["c"]),
        ('not("a","b")', ["c", None], ["a", "b"]),
        ("3", [3, 3.0], [4, "3", True, None]),
        ("-3", [-3], [3]),
        ("true", [True], [False, 1, None]),
        ("null", [None], [0, ""]),
        (">= 10", [10, 11.5], [9, "10", None]),
        ("< 10, > 20", [9, 21], [10, 20]),
        ("!= 3", [4, None, "x"], [3]),
        ("[1..5]", [1, 5], [0, 6]),
        ("(1..5)", [2], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[1..5)", [1, 4.9], [5]),
        ('date("2026-01-01")', ["2026-01-01"], ["2026-01-02", None]),
        ('[date("2026-01-01")..date("2026-12-31")]', ["2026-06-01", "2026-12-31"], ["2027-01-01"]),
        ("not([1..5], 9)", [6], [3, 9]),
    ],
)
def test_cells(cell, passes, fails):
    test = parse_unary(cell)
    assert [value for value in passes if not test.holds(value)] == []
    assert [value for value in fails if test.holds(value)] == []


@pytest.mark.parametrize(
    "cell",
    [
        "a",
        "1 +",
        "1..5",
        "[1..5",
        '["a"..5]',
        "foo()",
        "__import__",
        ">",
        "not 3",
        '"a" "b"',
        "1,",
        "date(3)",
    ],
)
def test_cells_outside_the_language(cell):
    with pytest.raises(UnaryError):
        parse_unary(cell)


@given(st.text(max_size=40), st.one_of(st.none(), st.integers(), st.text(max_size=5), st.booleans()))
def test_any_cell_is_read_or_refused(cell, value):
    try:
        test = parse_unary(cell)
    except UnaryError:
        return
    assert test.holds(value) in (True, False)


def table(policy="UNIQUE", rules=(), aggregation="", kind="number", root=""):
    lines = "".join(
        f'<rule id="r{number}"><inputEntry id="i{number}"><text>{cell}</text></inputEntry>'
        f'<outputEntry id="o{number}"><text>{output}</text></outputEntry></rule>'
        for number, (cell, output) in enumerate(rules)
    )
    more = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'{root}<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="n"><decision id="fee" name="收费"><decisionTable id="t" hitPolicy="{policy}"{more}>'
        '<input id="in"><inputExpression id="e" typeRef="number"><text>area</text></inputExpression></input>'
        f'<output id="out" name="fee" typeRef="{kind}"/>{lines}</decisionTable></decision></definitions>'
    ).encode()


OVERLAP = (("&gt; 10", 5), ("&gt; 20", 7), ("&lt; 0", 1))


def test_hit_policies():
    first = api.compile_dmn(table("FIRST", OVERLAP))
    assert [evaluate(first, {"area": area}) for area in (25, 15, 5)] == [
        {"fee": 5},
        {"fee": 5},
        {"fee": None},
    ]
    unique = api.compile_dmn(table("UNIQUE", OVERLAP))
    assert evaluate(unique, {"area": 15}) == {"fee": 5}
    with pytest.raises(DecisionConflict):
        evaluate(unique, {"area": 25})
    collect = api.compile_dmn(table("COLLECT", OVERLAP))
    assert evaluate(collect, {"area": 25}) == {"fee": [5, 7]}
    expected = {"SUM": (12, 0), "MIN": (5, None), "MAX": (7, None), "COUNT": (2, 0)}
    for aggregation, (found, nothing) in expected.items():
        compiled = api.compile_dmn(table("COLLECT", OVERLAP, aggregation))
        assert evaluate(compiled, {"area": 25}) == {"fee": found}
        assert evaluate(compiled, {"area": 5}) == {"fee": nothing}


@pytest.mark.parametrize(
    ("dmn", "code"),
    [
        (b"<nonsense", FaultCode.NOT_XML),
        (b"<a/>", FaultCode.NOT_DMN),
        (table("ANY", OVERLAP), FaultCode.BAD_TABLE),
        (table("FIRST", ()), FaultCode.BAD_TABLE),
        (table("FIRST", (("foo()", 1),)), FaultCode.BAD_TABLE),
        (table("FIRST", (('"a"', 1),)), FaultCode.BAD_TABLE),
        (table("FIRST", (("1", '"a"'),)), FaultCode.BAD_TABLE),
        (table("COLLECT", (("1", '"a"'),), "SUM", "string"), FaultCode.BAD_TABLE),
        (table("FIRST", OVERLAP, kind="double-dutch"), FaultCode.BAD_TABLE),
        (table("FIRST", OVERLAP, root='<!DOCTYPE a [<!ENTITY b "c">]>'), FaultCode.ENTITIES),
        (b" " * 1_000_001, FaultCode.TOO_LARGE),
    ],
)
def test_faulty_tables_are_refused(dmn, code):
    assert code in {fault.code for fault in api.lint_dmn(dmn)}


@pytest.mark.django_db
def test_tables_have_versions():
    first = api.publish_decision(key="fee", dmn=table("FIRST", OVERLAP), by=SYSTEM, at=NOW)
    assert api.publish_decision(key="fee", dmn=table("FIRST", OVERLAP), by=SYSTEM, at=NOW) == first
    later = NOW + timedelta(days=3)
    second = api.publish_decision(key="fee", dmn=table("UNIQUE", OVERLAP), by=SYSTEM, at=later)
    assert (first.version, second.version) == (1, 2)
    found = [api.decision_at("fee", at).hit_policy for at in (NOW - timedelta(days=1), NOW, later)]
    assert found == ["FIRST", "FIRST", "UNIQUE"]
    with pytest.raises(api.NoSuchDecision):
        api.decision_at("other", NOW)
    assert [row.version for row in api.list_decisions()] == [2]


@pytest.mark.django_db
def test_a_flow_names_only_published_tables_with_declared_variables():
    drawing = "start > a > rule_fee > end\nrule_fee: decision=fee"

    def codes(variables=""):
        faults = api.lint(bpmn("p", drawing, variables=variables), decisions=api.current_decisions())
        return [fault.code for fault in faults]

    assert codes() == [FaultCode.UNKNOWN_NAME]
    api.publish_decision(key="fee", dmn=table("FIRST", OVERLAP), by=SYSTEM, at=NOW)
    assert codes() == [FaultCode.UNKNOWN_NAME] * 2
    assert codes("area:number, fee:text") == [FaultCode.UNKNOWN_NAME]
    assert codes("area:number, fee:number") == []
    api.publish_decision(key="fee", dmn=table("COLLECT", OVERLAP), by=SYSTEM, at=NOW)
    assert codes("area:number, fee:number") == [FaultCode.UNKNOWN_NAME]
    assert codes("area:number, fee:list") == []


@pytest.mark.django_db
def test_versions_are_compared():
    api.publish(key="p", bpmn=bpmn("p", "start > a > b > end\na: clock=x"), by=SYSTEM, at=NOW)
    api.publish(key="p", bpmn=bpmn("p", "start > a > c > end\na: clock=y"), by=SYSTEM, at=NOW)
    changes = api.compare_versions("p", old=1, new=2)
    assert (changes.added, changes.removed) == (("c",), ("b",))
    assert [(change.node, change.what) for change in changes.changed] == [("a", ("outgoing", "clock"))]
    assert not api.compare_versions("p", old=1, new=1)
