"""A flow as data: frozen dataclasses that need nothing but the standard library."""

from jingkai.casework.flow.data.conditions import Condition, ConditionError, Problem, parse_condition
from jingkai.casework.flow.data.faults import Fault, FaultCode
from jingkai.casework.flow.data.graph import (
    ActionCall,
    EndEvent,
    ExclusiveGateway,
    Flow,
    Node,
    Outcome,
    ParallelGateway,
    Performer,
    PerformerKind,
    SequenceFlow,
    ServiceTask,
    StartEvent,
    UserTask,
    VariableType,
)
from jingkai.casework.flow.data.scopes import branches_of, common_scope, inside, parent_scope, step_into

__all__ = [
    "ActionCall",
    "Condition",
    "ConditionError",
    "EndEvent",
    "ExclusiveGateway",
    "Fault",
    "FaultCode",
    "Flow",
    "Node",
    "Outcome",
    "ParallelGateway",
    "Performer",
    "PerformerKind",
    "Problem",
    "SequenceFlow",
    "ServiceTask",
    "StartEvent",
    "UserTask",
    "VariableType",
    "branches_of",
    "common_scope",
    "inside",
    "parent_scope",
    "parse_condition",
    "step_into",
]
