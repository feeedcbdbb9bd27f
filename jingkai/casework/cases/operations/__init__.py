"""Writes: open a case, move it, hold its tasks, end it."""

from jingkai.casework.cases.operations.completing import (
    Entrusted,
    UnknownOutcome,
    complete_task,
    send_back,
)
from jingkai.casework.cases.operations.deciding import TableUndecided
from jingkai.casework.cases.operations.ending import (
    CannotCloseCase,
    ReasonMissing,
    close_case,
    void_case,
    withdraw_case,
)
from jingkai.casework.cases.operations.holding import (
    AlreadyClaimed,
    CannotRelease,
    CannotTransfer,
    check_holder,
    claim_task,
    release_task,
    transfer_task,
)
from jingkai.casework.cases.operations.keeping import (
    attach_clock,
    grant_access,
    refresh_clock,
    refresh_deadlines,
    set_variables,
)
from jingkai.casework.cases.operations.moving import OpinionTooLong
from jingkai.casework.cases.operations.placing import NobodyThere
from jingkai.casework.cases.operations.starting import ReferenceTaken, TooDeep, start_case

__all__ = [
    "AlreadyClaimed",
    "CannotCloseCase",
    "CannotRelease",
    "CannotTransfer",
    "Entrusted",
    "NobodyThere",
    "OpinionTooLong",
    "ReasonMissing",
    "ReferenceTaken",
    "TableUndecided",
    "TooDeep",
    "UnknownOutcome",
    "attach_clock",
    "check_holder",
    "claim_task",
    "close_case",
    "complete_task",
    "grant_access",
    "refresh_clock",
    "refresh_deadlines",
    "release_task",
    "send_back",
    "set_variables",
    "start_case",
    "transfer_task",
    "void_case",
    "withdraw_case",
]
