"""Tests of the compiled flow."""

import dataclasses

import pytest

from jingkai.casework.flow.api import compile_bpmn
from jingkai.casework.flow.data import (
    EndEvent,
    ExclusiveGateway,
    Outcome,
    ParallelGateway,
    Performer,
    PerformerKind,
    ServiceTask,
    UserTask,
    VariableType,
    common_scope,
    inside,
    parent_scope,
)
from jingkai.casework.flow.testing import bpmn

NESTED = """
    start > fork > a > fork2 > b > join2 > join > z > end
    fork2 > c > join2
    fork > d > join
    a: pool=fire outcomes=agree,done=办妥|Finished clock=fire branch=fire form=x.y sendBackTo=d
    a: binding=agree
    a: outcomeAs=verdict phone=true x-hint=look nameEn=Alpha name=甲
    b: pool=role:signer@committee
    c: pool=applicant
    d: pool=${who}
    z: pool=same:a
"""


@pytest.fixture(scope="module")
def flow():
    return compile_bpmn(bpmn("nested", NESTED, variables="who:text, area:number"))


def test_flow_knows_scopes_and_pairs(flow):
    assert flow.forks == {"fork": "join", "fork2": "join2"}
    assert flow.nodes["a"].scope == "fork:f1"
    assert flow.nodes["b"].scope == "fork:f1/fork2:f3"
    assert flow.nodes["join2"].scope == "fork:f1"
    assert flow.nodes["join"].scope == flow.nodes["z"].scope == ""
    join = flow.nodes["join"]
    assert isinstance(join, ParallelGateway)
    assert (join.forks, join.partner) == (False, "fork")


def test_flow_keeps_what_a_task_says(flow):
    task = flow.user_task("a")
    assert task is not None
    assert (task.name, task.name_en) == ("甲", "Alpha")
    assert task.performer == Performer(PerformerKind.UNIT, "fire")
    assert task.outcomes == (Outcome("agree", "同意", "Agree"), Outcome("done", "办妥", "Finished"))
    assert (task.clock, task.branch, task.form, task.outcome_as, task.phone) == (
        "fire",
        "fire",
        "x.y",
        "verdict",
        True,
    )
    assert task.send_back_to == ("d",)
    assert task.binding == ("agree",)
    assert task.options == {"hint": "look"}
    performers = {node.id: node.performer for node in flow.user_tasks()}
    assert performers["b"] == Performer(PerformerKind.ROLE, "signer", "committee")
    assert performers["c"] == Performer(PerformerKind.APPLICANT)
    assert performers["d"] == Performer(PerformerKind.VARIABLE, "who")
    assert performers["z"] == Performer(PerformerKind.SAME, "a")


def test_flow_declares_variables_and_kept_outcomes(flow):
    assert flow.variables == {
        "who": VariableType.TEXT,
        "area": VariableType.NUMBER,
        "verdict": VariableType.TEXT,
    }


def test_flow_cannot_be_changed(flow):
    with pytest.raises(dataclasses.FrozenInstanceError):
        flow.start = "other"
    with pytest.raises(TypeError):
        flow.nodes["a"] = None


def test_gateways_and_ends():
    text = """
        start > auto > a > gate[outcome == 'x'] > stop
        gate[] > end
        auto: action=x.y
        end: outcome=granted
    """
    flow = compile_bpmn(bpmn("p", text))
    gate, stop, end = flow.nodes["gate"], flow.nodes["stop"], flow.nodes["end"]
    assert isinstance(gate, ExclusiveGateway)
    assert gate.default.target == "end"
    assert isinstance(stop, EndEvent)
    assert stop.terminates
    assert isinstance(end, EndEvent)
    assert (end.outcome, end.terminates) == ("granted", False)
    assert isinstance(flow.nodes["auto"], ServiceTask)
    assert isinstance(flow.nodes["a"], UserTask)


def test_scopes_are_paths():
    assert parent_scope("a:1/b:2") == "a:1"
    assert parent_scope("a:1") == ""
    assert inside("a:1/b:2", "a:1")
    assert inside("a:1", "")
    assert not inside("a:10", "a:1")
    assert common_scope("a:1/b:2", "a:1/c:3") == "a:1"
    assert common_scope("a:1", "a:2") == common_scope("", "a:1") == ""
