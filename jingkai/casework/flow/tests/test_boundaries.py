"""Tests of what else may be drawn: several people, inclusive gateways, events, timers, sub-cases."""

from datetime import timedelta

import pytest

from jingkai.casework.flow.api import compile_bpmn, lint
from jingkai.casework.flow.data import (
    BoundaryTimer,
    CallActivity,
    CatchEvent,
    Delay,
    InclusiveGateway,
    PassRule,
    TimeoutAct,
    UserTask,
    WaitKind,
    parse_delay,
)
from jingkai.casework.flow.data import (
    FaultCode as Code,
)
from jingkai.casework.flow.testing import HEAD, bpmn

VARIABLES = "area:number, urgent:boolean, day:date, who:list, note"

CLEAN = [
    "start > a > end; a: each=fire,quality outcomes=agree,object pass=2/3",
    "start > a > end; a: each=members:fire sequential=true",
    "start > a > end; a: each=members:role:officer@fire pass=60%",
    "start > a > end; a: each=${who} pass=2 early=false outcomes=yes,no passing=yes",
    "start > either[area > 3] > a > meet > end; either[urgent] > b > meet; either[] > c > meet",
    "start > wait_d > a > end; wait_d: timer=3wd",
    "start > wait_d > a > end; wait_d: timer=${day}",
    "start > wait_m > gate > wait_m; gate[] > end; wait_m: message=paper",
    "start > a > end; late_a > b > end; late_a: on=a timer=P3DT4H",
    "start > a > end; late_a > a; late_a: on=a timer=5d",
    "start > a > end; late_a > b > end2; late_a: on=a timer=5d side=true",
    "start > fork > a > join > end; fork > b > join; late_a > c > end2; late_a: on=a timer=4h side=true",
    "start > fork > a > gate_m[] > join > end; fork > b > join; late_a > c > gate_m; late_a: on=a timer=4h",
    "start > call_x > end; call_x: calls=small give=area take=note outcomeAs=how",
    "start > call_x > end; late_x > a > end; call_x: calls=small; late_x: on=call_x timer=30d",
    "start > a > end; a: timeout='1d remind, 3wd escalate, 5wd transfer:role:head@fire'",
]

FAULTY = [
    ("start > a > end; a: pass=2/3", "a", Code.BAD_GROUP),
    ("start > a > end; a: each=fire pool=fire", "a", Code.BAD_GROUP),
    ("start > a > end; a: each=fire,quality pass=3/2", "a", Code.BAD_GROUP),
    ("start > a > end; a: each=fire,quality pass=most", "a", Code.BAD_GROUP),
    ("start > a > end; a: each='no good!'", "a", Code.BAD_GROUP),
    ("start > a > end; a: each=members:applicant", "a", Code.BAD_GROUP),
    ("start > a > end; a: each=${area}", "a", Code.UNKNOWN_NAME),
    ("start > a > end; a: each=${nobody}", "a", Code.UNKNOWN_NAME),
    ("start > a > end; a: each=same:nobody", "a", Code.UNKNOWN_NAME),
    ("start > a > end; a: each=fire outcomes=yes passing=no", "a", Code.UNKNOWN_NAME),
    ("start > either[area > 3] > a > meet > end; either[urgent] > b > meet", "either", Code.NO_DEFAULT),
    ("start > either[] > a > meet > end; either > b > meet", "f4", Code.NO_CONDITION),
    ("start > either[] > a > join > end; either[urgent] > b > join", "either", Code.PAIR_DIFFERS),
    ("start > either[] > a > end; either[urgent] > b > end2", "either", Code.FORK_WITHOUT_JOIN),
    ("start > a > meet > end", "meet", Code.USELESS_GATEWAY),
    ("start > wait_d > a > end", "wait_d", Code.BAD_TIMER),
    ("start > wait_d > a > end; wait_d: timer=soon", "wait_d", Code.BAD_TIMER),
    ("start > wait_d > a > end; wait_d: timer=0d", "wait_d", Code.BAD_TIMER),
    ("start > wait_d > a > end; wait_d: timer=9999999h", "wait_d", Code.BAD_TIMER),
    ("start > wait_d > a > end; wait_d: timer=${area}", "wait_d", Code.UNKNOWN_NAME),
    ("start > wait_d > a > end; wait_d: timer=3d message=x", "wait_d", Code.BAD_TIMER),
    ("start > wait_m > a > end; wait_m: message=", "wait_m", Code.NO_NAME),
    ("start > a > end; late_a > b > end; late_a: on=nothing timer=3d", "late_a", Code.BAD_BOUNDARY),
    ("start > auto > a > end; late_a > a; late_a: on=auto timer=3d", "late_a", Code.BAD_BOUNDARY),
    ("start > a > late_a > end; late_a: on=a timer=3d", "late_a", Code.BAD_BOUNDARY),
    ("start > a > end; late_a: on=a timer=3d", "late_a", Code.DEAD_END),
    ("start > a > end; late_a > b > a; late_a: on=a timer=3d side=true", None, Code.CROSSED_BRANCHES),
    (
        "start > fork > a > join > end; fork > b > join; late_a > c > join; late_a: on=a timer=3d side=true",
        None,
        Code.CROSSED_BRANCHES,
    ),
    ("start > call_x > end", "call_x", Code.NO_NAME),
    ("start > call_x > end; call_x: calls=p", "call_x", Code.CALLS_ITSELF),
    ("start > call_x > end; call_x: calls=unknown", "call_x", Code.UNKNOWN_NAME),
    ("start > call_x > end; call_x: calls=small give=nobody", "call_x", Code.UNKNOWN_NAME),
    ("start > gate > call_x > gate_b > gate; gate_b[area > 3] > end; call_x: calls=small", None, None),
    ("start > rule_x > end", "rule_x", Code.NO_NAME),
    ("start > a > end; a: timeout='3d shout'", "a", Code.BAD_TIMER),
    ("start > a > end; a: timeout='3d transfer'", "a", Code.BAD_TIMER),
    ("start > a > end; a: timeout='${area} remind'", "a", Code.UNKNOWN_NAME),
    ("start > a > end; a: batch=perhaps", "a", Code.BAD_ATTRIBUTE),
    (
        "start > wait_d > gate[outcome == 'x'] > a > end; gate[] > end; wait_d: timer=3d",
        "f2",
        Code.OUTCOME_NOT_KNOWN,
    ),
]


def draw(text):
    return bpmn("p", text.replace("; ", "\n"), variables=VARIABLES)


def found(text):
    return lint(draw(text), actions=set(), decisions={}, flows={"small"})


@pytest.mark.parametrize("text", [one for one in CLEAN if "gate > wait_m" not in one])
def test_lint_accepts(text):
    assert found(text) == []
    compile_bpmn(draw(text))


@pytest.mark.parametrize(("text", "element", "code"), FAULTY)
def test_lint_finds(text, element, code):
    faults = found(text)
    assert faults
    if code is not None:
        assert (element, code) in {(fault.element if element else None, fault.code) for fault in faults}


def test_what_is_compiled():
    text = """
        start > either[area > 3] > a > meet > wait_m > call_x > z > end
        either[] > b > meet
        late_a > c > end2
        a: each=members:fire pass=2/3 outcomes=agree,object
        b: timeout='3wd remind' batch=true skipSame=true
        late_a: on=a timer=2d side=true
        wait_m: message=paper
        call_x: calls=small give=area
    """
    flow = compile_bpmn(bpmn("p", text, variables=VARIABLES))
    either, a, b = flow.nodes["either"], flow.nodes["a"], flow.nodes["b"]
    assert isinstance(either, InclusiveGateway)
    assert (either.forks, either.partner, either.default.target) == (True, "meet", "b")
    assert isinstance(a, UserTask)
    assert a.several is not None
    assert (a.several.members, a.several.rule, a.several.passing) == (True, PassRule(of=(2, 3)), ("agree",))
    assert [rule.needed(3) for rule in (PassRule(), PassRule(number=1), PassRule(of=(2, 3)))] == [3, 1, 2]
    assert isinstance(b, UserTask)
    assert (b.batch, b.skip_same, b.timeouts[0].act) == (True, True, TimeoutAct.REMIND)
    (timer,) = flow.timers["a"]
    assert isinstance(timer, BoundaryTimer)
    assert (timer.interrupting, timer.scope, flow.sides) == (False, "either:f1", {"late_a"})
    assert flow.nodes["c"].scope.startswith("either:f1/late_a:")
    wait, call = flow.nodes["wait_m"], flow.nodes["call_x"]
    assert isinstance(wait, CatchEvent)
    assert (wait.wait, wait.waits_for) == (WaitKind.MESSAGE, "paper")
    assert isinstance(call, CallActivity)
    assert (call.called, call.gives) == ("small", ("area",))
    assert flow.units == ("fire",)


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("3wd", Delay(working_days=3)),
        ("5d", Delay(span=timedelta(days=5))),
        ("P1DT12H", Delay(span=timedelta(hours=36))),
        ("PT90M", Delay(span=timedelta(minutes=90))),
        ("P2W", Delay(span=timedelta(days=14))),
        ("${day}", Delay(variable="day")),
        ("2026-10-01", Delay(moment="2026-10-01")),
        ("2026-10-01T08:00:00+08:00", Delay(moment="2026-10-01T08:00:00+08:00")),
        ("", None),
        ("P", None),
        ("PT", None),
        ("0wd", None),
        ("-3d", None),
        ("R3/P1D", None),
        ("99999wd", None),
    ],
)
def test_delays(text, delay):
    assert parse_delay(text) == delay


def test_messages_may_be_named_as_other_modelers_do():
    drawing = (
        f'{HEAD}<message id="m1" name="paper-came"/><process id="p"><startEvent id="s"/>'
        '<intermediateCatchEvent id="w"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent>'
        '<userTask id="t"/><boundaryEvent id="b" attachedToRef="t"><timerEventDefinition>'
        "<timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>"
        '<endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="w"/>'
        '<sequenceFlow id="f2" sourceRef="w" targetRef="t"/>'
        '<sequenceFlow id="f3" sourceRef="t" targetRef="e"/>'
        '<sequenceFlow id="f4" sourceRef="b" targetRef="e"/></process></definitions>'
    )
    flow = compile_bpmn(drawing.encode())
    wait = flow.nodes["w"]
    assert isinstance(wait, CatchEvent)
    assert wait.waits_for == "paper-came"
    assert flow.timers["t"][0].delay == Delay(span=timedelta(days=3))


@pytest.mark.parametrize(
    "inner",
    [
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "</multiInstanceLoopCharacteristics>",
        "<standardLoopCharacteristics/>",
    ],
)
def test_other_ways_to_repeat_are_refused(inner):
    drawing = draw("start > a > end").replace(b'name="a">', f'name="a">{inner}'.encode())
    assert Code.UNSUPPORTED in {fault.code for fault in lint(drawing)}


def test_five_thousand_nodes_are_refused():
    steps = " > ".join(f"t{number}" for number in range(5000))
    faults = lint(bpmn("p", f"start > {steps} > end"))
    assert [fault.code for fault in faults] == [Code.TOO_MANY_NODES]
