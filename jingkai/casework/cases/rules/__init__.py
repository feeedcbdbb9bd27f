"""How a case moves through its flow, and who may move it."""

from jingkai.casework.cases.rules.holding import (
    CaseNotOpen,
    NotYourCase,
    NotYourTask,
    TaskNotOpen,
    deputises_for,
    may_claim,
)
from jingkai.casework.cases.rules.permissions import MANAGE_TASKS, PERMISSIONS, VOID_CASES
from jingkai.casework.cases.rules.returning import CannotSendBack, scopes_to_leave
from jingkai.casework.cases.rules.routing import EngineFault, Move, advance, enter
from jingkai.casework.cases.rules.values import BadVariable, check_values

__all__ = [
    "MANAGE_TASKS",
    "PERMISSIONS",
    "VOID_CASES",
    "BadVariable",
    "CannotSendBack",
    "CaseNotOpen",
    "EngineFault",
    "Move",
    "NotYourCase",
    "NotYourTask",
    "TaskNotOpen",
    "advance",
    "check_values",
    "deputises_for",
    "enter",
    "may_claim",
    "scopes_to_leave",
]
