"""How a case moves through its flow, and who may move it."""

from jingkai.casework.cases.rules.holding import (
    CaseNotOpen,
    LostPost,
    NoSuchTask,
    NotForYou,
    NotYourCase,
    NotYourTask,
    TaskAct,
    TaskNotOpen,
    deputises_for,
    may_act,
    may_claim,
)
from jingkai.casework.cases.rules.permissions import (
    HAND_OVER,
    MANAGE_FLOWS,
    MANAGE_TASKS,
    PERMISSIONS,
    URGE_TASKS,
    VOID_CASES,
)
from jingkai.casework.cases.rules.returning import (
    ApplicantStep,
    BindingStep,
    CannotSendBack,
    check_return,
    last_at,
    returnable,
    scopes_to_leave,
)
from jingkai.casework.cases.rules.values import BadVariable, check_values, fitting_values

__all__ = [
    "HAND_OVER",
    "MANAGE_FLOWS",
    "MANAGE_TASKS",
    "PERMISSIONS",
    "URGE_TASKS",
    "VOID_CASES",
    "ApplicantStep",
    "BadVariable",
    "BindingStep",
    "CannotSendBack",
    "CaseNotOpen",
    "LostPost",
    "NoSuchTask",
    "NotForYou",
    "NotYourCase",
    "NotYourTask",
    "TaskAct",
    "TaskNotOpen",
    "check_return",
    "check_values",
    "deputises_for",
    "fitting_values",
    "last_at",
    "may_act",
    "may_claim",
    "returnable",
    "scopes_to_leave",
]
