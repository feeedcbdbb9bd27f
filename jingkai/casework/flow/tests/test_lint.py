"""Tests of what keeps a drawing from being published: the code, and the element that it names."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from jingkai.casework.flow.api import FlowRefused, compile_bpmn, lint
from jingkai.casework.flow.data import FaultCode as Code
from jingkai.casework.flow.testing import HEAD, bpmn

FAULTY = [
    ("start > a > end; lost > end", {("lost", Code.UNREACHABLE)}),
    ("start > a > end; lost", {("lost", Code.UNREACHABLE), ("lost", Code.DEAD_END)}),
    ("start > a", {("a", Code.DEAD_END), ("p", Code.NO_END)}),
    ("start > a > gate; gate[] > end; gate[outcome == 'x'] > b", {("b", Code.DEAD_END)}),
    ("a > end", {("p", Code.NO_START)}),
    ("start > a > end; start2 > a", {("start2", Code.SEVERAL_STARTS)}),
    ("start > a > end; a > start", {("start", Code.INTO_START), ("a", Code.SEVERAL_OUT)}),
    ("start > a > end > b > end2", {("end", Code.OUT_OF_END)}),
    ("start > a > end; a > b > end", {("a", Code.SEVERAL_OUT)}),
    (
        "start > a > loop > a; b > end",
        {("a", Code.NEVER_ENDS), ("b", Code.UNREACHABLE), ("start", None), ("loop", None), ("end", None)},
    ),
    # choices
    ("start > a > gate; gate[outcome == 'x'] > end; gate[outcome == 'y'] > a", {("gate", Code.NO_DEFAULT)}),
    ("start > a > gate; gate[] > end; gate > a", {("f3", Code.NO_CONDITION)}),
    ("start > a[outcome == 'x'] > end", {("f1", Code.STRAY_CONDITION)}),
    ("start > a > gate[outcome == 'x'] > end", {("f2", Code.STRAY_CONDITION)}),
    (
        "start > a > gate; gate[] > end; gate[__import__('os').system('id') == 1] > a",
        {("f3", Code.BAD_CONDITION)},
    ),
    ("start > a > gate; gate[] > end; gate[__import__] > a", {("f3", Code.BAD_CONDITION)}),
    ("start > a > gate; gate[] > end; gate[amount == 1] > a", {("f3", Code.UNKNOWN_NAME)}),
    ("start > a > gate; gate[] > end; gate[area == 'big'] > a", {("f3", Code.BAD_CONDITION)}),
    (
        "start > a > gate; gate[] > end; gate[outcome == 'aprove'] > a; a: outcomes=approve,reject",
        {("f3", Code.UNKNOWN_OUTCOME)},
    ),
    ("start > gate[] > a > end; gate[outcome == 'x'] > end", {("f3", Code.OUTCOME_NOT_KNOWN)}),
    (
        "start > fork > a > join > gate[] > end; fork > b > join; gate[outcome == 'x'] > c > end",
        {("f7", Code.OUTCOME_NOT_KNOWN)},
    ),
    ("start > gate > gate2[area > 3] > gate; gate2[] > end", {("gate", Code.CYCLE_WITHOUT_TASK)}),
    # parallel parts
    (
        "start > fork > a > end; fork > b > end2",
        {("fork", Code.FORK_WITHOUT_JOIN), ("end", None), ("end2", None)},
    ),
    (
        "start > fork > a > merge > end; fork > b > merge",
        {("fork", Code.FORK_WITHOUT_JOIN), ("end", Code.FORK_WITHOUT_JOIN), ("f5", Code.CROSSED_BRANCHES)},
    ),
    (
        "start > fork > a > gate > end; fork > b > gate",
        {("fork", Code.FORK_WITHOUT_JOIN), ("end", Code.FORK_WITHOUT_JOIN), ("f5", Code.CROSSED_BRANCHES)},
    ),
    (
        "start > a > gate[] > b > join > end; gate[outcome == 'x'] > c > join",
        {("join", Code.JOIN_WITHOUT_FORK)},
    ),
    (
        "start > fork > a > join > end; fork > b > gate[] > join; gate[outcome == 'x'] > early > end",
        {("f8", Code.CROSSED_BRANCHES)},
    ),
    (
        "start > fork > a > gate[] > join > end; gate[outcome == 'x'] > join; fork > b > join",
        {("join", Code.BRANCH_TWICE)},
    ),
    (
        "start > fork > a > fork2 > c > join2 > end; fork2 > d > join; fork > b > join > join2",
        None,
    ),
    ("start > fork > a > end", {("fork", Code.USELESS_GATEWAY)}),
    (
        "start > fork > a > fork2 > c > join > end; fork > b > fork2 > d > join",
        {("fork2", Code.MIXED_GATEWAY)},
    ),
    (
        "start > fork > a > join > gate[] > end; fork > b > join; gate[area > 3] > fork",
        {("fork", Code.MIXED_GATEWAY)},
    ),
    (
        "start > fork > a > gate[] > a; gate[outcome == 'x'] > stop; fork > b > join > end; fork > c > join",
        {("f1", Code.FORK_WITHOUT_JOIN)},
    ),
    # attributes
    ("start > a > end; a: pool='no good!'", {("a", Code.BAD_ATTRIBUTE)}),
    ("start > a > end; a: pool=${who}", {("a", Code.UNKNOWN_NAME)}),
    ("start > a > end; a: pool=same:nobody", {("a", Code.UNKNOWN_NAME)}),
    ("start > a > end; a: sendBackTo=start", {("a", Code.UNKNOWN_NAME)}),
    ("start > a > end; a: outcomes=yes binding=no", {("a", Code.UNKNOWN_NAME)}),
    ("start > a > end; a: outcomes='Yes please'", {("a", Code.BAD_ATTRIBUTE)}),
    ("start > a > end; a: outcomeAs=outcome", {("a", Code.BAD_ATTRIBUTE)}),
    ("start > a > end; a: phone=maybe", {("a", Code.BAD_ATTRIBUTE)}),
    ("start > a > end; a: colour=red", {("a", Code.BAD_ATTRIBUTE)}),
    ("start > auto > end", {("auto", Code.NO_ACTION)}),
    ("start > auto > end; auto: action=nobody.knows", {("auto", Code.UNKNOWN_ACTION)}),
]


def draw(text: str) -> bytes:
    return bpmn("p", text.replace("; ", "\n"), variables="area:number")


@pytest.mark.parametrize(("text", "expected"), FAULTY)
def test_lint_finds(text, expected):
    faults = lint(draw(text), actions=frozenset())
    assert faults
    with pytest.raises(FlowRefused):
        compile_bpmn(draw(text), actions=frozenset())
    if expected is not None:
        assert {fault.element for fault in faults} == {element for element, _code in expected}
        found = {(fault.element, fault.code) for fault in faults}
        assert {pair for pair in expected if pair[1]} <= found


CLEAN = [
    "start > a > end",
    "start > a > gate[outcome == 'again'] > a; gate[] > end",
    "start > a > gate[outcome == 'no'] > end_refused; gate[] > end",
    "start > a > gate[outcome == 'x'] > b > gate_merge > end; gate[] > gate_merge",
    "start > fork > a > join > b > end; fork > c > join",
    "start > fork > a > fork2 > b > join2 > join > end; fork2 > c > join2; fork > d > join",
    "start > fork > a > gate[] > gate_m > join > end; gate[outcome == 'x'] > b > gate_m; fork > c > join",
    "start > fork > a > gate[] > join > end; gate[outcome == 'stop'] > stop; fork > c > join",
    "start > fork > a > gate[] > join > end; gate[outcome == 'redo'] > a; fork > c > join",
    "start > fork > join > a > end; fork > b > join",
    "start > gate_m > fork > a > join > gate[verdict == 'redo'] > gate_m; gate[] > end; fork > b > join; "
    "a: outcomeAs=verdict",
    "start > auto > a > end; auto: action=known.action",
]


@pytest.mark.parametrize("text", CLEAN)
def test_lint_accepts(text):
    assert lint(draw(text), actions={"known.action"}) == []


def test_lint_speaks_both_languages():
    drawing = bpmn("p", "start > a > end\nlost > end")
    with translation.override("en"):
        assert lint(drawing)[0].message.startswith("Unreachable: no path leads here")
    with translation.override("zh-hans"):
        assert "从开始事件" in lint(drawing)[0].message


UNSUPPORTED = [
    "task",
    "scriptTask",
    "complexGateway",
    "eventBasedGateway",
    "subProcess",
    "intermediateThrowEvent",
    "sendTask",
]


@pytest.mark.parametrize("tag", UNSUPPORTED)
def test_lint_names_what_to_use_instead(tag):
    drawing = (
        f'{HEAD}<process id="p"><startEvent id="s"/><{tag} id="odd"/><endEvent id="e"/>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="odd"/>'
        '<sequenceFlow id="f2" sourceRef="odd" targetRef="e"/>'
        "</process></definitions>"
    )
    with translation.override("en"):
        (fault,) = lint(drawing.encode())
    assert (fault.element, fault.code) == ("odd", Code.UNSUPPORTED)
    assert "Use" in fault.message or "Draw" in fault.message


def test_lint_refuses_parts_inside_a_task():
    drawing = bpmn("p", "start > a > end").replace(
        b'<userTask id="a" name="a">', b'<userTask id="a" name="a"><standardLoopCharacteristics/>'
    )
    assert [(fault.element, fault.code) for fault in lint(drawing)] == [("a", Code.UNSUPPORTED)]


def test_lint_refuses_attributes_of_other_engines():
    drawing = bpmn("p", "start > a > end").replace(
        b'<userTask id="a"', b'<userTask xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="x" id="a"'
    )
    assert [(fault.element, fault.code) for fault in lint(drawing)] == [("a", Code.BAD_ATTRIBUTE)]


def test_lint_tells_several_faults_in_the_order_of_the_file():
    text = "start > a > gate[nobody == 1] > b > end; gate > a; lost > end"
    assert [fault.element for fault in lint(draw(text))] == ["gate", "f2", "f4", "lost"]


_NAMES = st.sampled_from(
    ["start", "a", "b", "gate", "gate2", "fork", "fork2", "join", "join2", "end", "stop", "auto"]
)
_SIGNS = st.sampled_from(["{} > {}", "{}[outcome == 'x'] > {}", "{}[] > {}"])


@given(st.lists(st.tuples(_SIGNS, _NAMES, _NAMES), max_size=14))
def test_lint_survives_any_drawing(arrows):
    drawing = draw("\n".join(sign.format(one, other) for sign, one, other in arrows))
    if not lint(drawing):
        compile_bpmn(drawing)
