"""The door of flows: check a drawing, publish it, get it compiled; register actions for service tasks."""

from jingkai.casework.flow.operations import (
    BadFlowKey,
    UnknownAction,
    action_names,
    publish,
    register_action,
    run_action,
    set_public,
)
from jingkai.casework.flow.queries import (
    NoSuchFlow,
    compiled,
    compiled_by_id,
    find_current,
    get_current,
    get_version,
)
from jingkai.casework.flow.rules import FlowRefused, compile_bpmn, lint, parse_performer, words_of

__all__ = [
    "BadFlowKey",
    "FlowRefused",
    "NoSuchFlow",
    "UnknownAction",
    "action_names",
    "compile_bpmn",
    "compiled",
    "compiled_by_id",
    "find_current",
    "get_current",
    "get_version",
    "lint",
    "parse_performer",
    "publish",
    "register_action",
    "run_action",
    "set_public",
    "words_of",
]
