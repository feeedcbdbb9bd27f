"""Writes: open a case, move it, hold its tasks, end it."""

from jingkai.casework.cases.operations.circulating import NobodyToRead, circulate, mark_read
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
    end_case,
    void_case,
    withdraw_case,
)
from jingkai.casework.cases.operations.entrusting import (
    AlreadyEntrusted,
    NotEntrusted,
    entrust_task,
    return_task,
    take_back_task,
)
from jingkai.casework.cases.operations.handing_over import (
    CannotHandOver,
    hand_over,
    hand_over_lost,
    lost_tasks,
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
from jingkai.casework.cases.operations.messaging import (
    SIGNAL,
    NobodyWaits,
    deliver_message,
    deliver_signal,
    send_signal,
)
from jingkai.casework.cases.operations.migrating import JOB as MIGRATE
from jingkai.casework.cases.operations.migrating import (
    MappingWrong,
    MigrationRuns,
    begin_migration,
    migrate_batch,
    migrate_case,
    plan_migration,
)
from jingkai.casework.cases.operations.moving import OpinionTooLong
from jingkai.casework.cases.operations.placing import NobodyThere
from jingkai.casework.cases.operations.recalling import (
    CannotRecall,
    CannotResubmit,
    recall_step,
    resubmit_case,
)
from jingkai.casework.cases.operations.signing import (
    CannotAddSigner,
    CannotRemoveSigner,
    add_signer,
    remove_signer,
)
from jingkai.casework.cases.operations.starting import ReferenceTaken, TooDeep, start_case
from jingkai.casework.cases.operations.telling import declare_kinds
from jingkai.casework.cases.operations.timing import NoMoment
from jingkai.casework.cases.operations.urging import (
    BatchResult,
    MayNotUrge,
    NotInBatch,
    UrgedAlready,
    complete_tasks,
    urge_task,
)
from jingkai.casework.cases.operations.waiting import (
    RECOUNT,
    end_subcase,
    fire_timer,
    pace_timers,
    recount_timers,
)

__all__ = [
    "MIGRATE",
    "RECOUNT",
    "SIGNAL",
    "AlreadyClaimed",
    "AlreadyEntrusted",
    "BatchResult",
    "CannotAddSigner",
    "CannotCloseCase",
    "CannotHandOver",
    "CannotRecall",
    "CannotRelease",
    "CannotRemoveSigner",
    "CannotResubmit",
    "CannotTransfer",
    "Entrusted",
    "MappingWrong",
    "MayNotUrge",
    "MigrationRuns",
    "NoMoment",
    "NobodyThere",
    "NobodyToRead",
    "NobodyWaits",
    "NotEntrusted",
    "NotInBatch",
    "OpinionTooLong",
    "ReasonMissing",
    "ReferenceTaken",
    "TableUndecided",
    "TooDeep",
    "UnknownOutcome",
    "UrgedAlready",
    "add_signer",
    "attach_clock",
    "begin_migration",
    "check_holder",
    "circulate",
    "claim_task",
    "close_case",
    "complete_task",
    "complete_tasks",
    "declare_kinds",
    "deliver_message",
    "deliver_signal",
    "end_case",
    "end_subcase",
    "entrust_task",
    "fire_timer",
    "grant_access",
    "hand_over",
    "hand_over_lost",
    "lost_tasks",
    "mark_read",
    "migrate_batch",
    "migrate_case",
    "pace_timers",
    "plan_migration",
    "recall_step",
    "recount_timers",
    "refresh_clock",
    "refresh_deadlines",
    "release_task",
    "remove_signer",
    "resubmit_case",
    "return_task",
    "send_back",
    "send_signal",
    "set_variables",
    "start_case",
    "take_back_task",
    "transfer_task",
    "urge_task",
    "void_case",
    "withdraw_case",
]
