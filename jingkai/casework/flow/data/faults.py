"""What can be wrong with a flow file, as codes that programs can rely on."""

from dataclasses import dataclass
from enum import StrEnum

FILE = "-"
"""Stands for the element when the fault belongs to the whole file."""


class FaultCode(StrEnum):
    """One code for each kind of fault; the sentence beside it is for people."""

    NOT_XML = "not-xml"
    ENTITIES = "entities"
    TOO_LARGE = "too-large"
    TOO_MANY_NODES = "too-many-nodes"
    NOT_BPMN = "not-bpmn"
    NO_PROCESS = "no-process"
    SEVERAL_PROCESSES = "several-processes"
    UNSUPPORTED = "unsupported"
    MISSING_ID = "missing-id"
    BAD_ID = "bad-id"
    DUPLICATE_ID = "duplicate-id"
    LOOSE_FLOW = "loose-flow"
    NO_START = "no-start"
    SEVERAL_STARTS = "several-starts"
    INTO_START = "into-start"
    NO_END = "no-end"
    OUT_OF_END = "out-of-end"
    UNREACHABLE = "unreachable"
    DEAD_END = "dead-end"
    NEVER_ENDS = "never-ends"
    SEVERAL_OUT = "several-out"
    NO_DEFAULT = "no-default"
    BAD_DEFAULT = "bad-default"
    NO_CONDITION = "no-condition"
    STRAY_CONDITION = "stray-condition"
    BAD_CONDITION = "bad-condition"
    UNKNOWN_NAME = "unknown-name"
    UNKNOWN_OUTCOME = "unknown-outcome"
    OUTCOME_NOT_KNOWN = "outcome-not-known"
    MIXED_GATEWAY = "mixed-gateway"
    USELESS_GATEWAY = "useless-gateway"
    FORK_WITHOUT_JOIN = "fork-without-join"
    JOIN_WITHOUT_FORK = "join-without-fork"
    CROSSED_BRANCHES = "crossed-branches"
    BRANCH_TWICE = "branch-twice"
    CYCLE_WITHOUT_TASK = "cycle-without-task"
    BAD_ATTRIBUTE = "bad-attribute"
    UNKNOWN_ACTION = "unknown-action"
    NO_ACTION = "no-action"
    BAD_TIMER = "bad-timer"
    BAD_BOUNDARY = "bad-boundary"
    NO_NAME = "no-name"
    PAIR_DIFFERS = "pair-differs"
    BAD_GROUP = "bad-group"
    CALLS_ITSELF = "calls-itself"
    NOT_DMN = "not-dmn"
    BAD_TABLE = "bad-table"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a flow from being published.

    `element` is the id in the file (`-` for the file itself); `message` is a sentence in the language
    that was active when the file was checked, saying what is wrong and what to do instead.
    """

    element: str
    code: FaultCode
    message: str
