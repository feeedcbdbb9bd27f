"""What a flow file may be: the supported part of BPMN 2.0, checked before anything is published.

`reading` turns XML into a drawing, `structure` and `checking` find what is wrong with it, `building` makes
the frozen flow. `lint` and `compile_bpmn` are the two ways in; `dmn` does the same for decision tables.
`routing` says how a case moves through a compiled flow.
"""

import re
from collections.abc import Collection, Mapping

from jingkai.casework.flow.data import Decision, Fault, Flow
from jingkai.casework.flow.rules.attributes import Known
from jingkai.casework.flow.rules.building import build
from jingkai.casework.flow.rules.checking import check
from jingkai.casework.flow.rules.dmn import compile_dmn, lint_dmn
from jingkai.casework.flow.rules.faults import DecisionRefused, FlowRefused
from jingkai.casework.flow.rules.outcomes import words_of
from jingkai.casework.flow.rules.performers import parse_performer
from jingkai.casework.flow.rules.reading import MAX_BYTES, MAX_NODES, read
from jingkai.casework.flow.rules.routing import EngineFault, Move, Parked, advance, enter
from jingkai.casework.flow.rules.simulated import HEADS, OTHERS, TooLong, pool_of
from jingkai.casework.flow.rules.simulating import Simulation
from jingkai.casework.flow.rules.tasks import MOST_PEOPLE

__all__ = [
    "HEADS",
    "MAX_BYTES",
    "MAX_NODES",
    "MOST_PEOPLE",
    "OTHERS",
    "DecisionRefused",
    "EngineFault",
    "FlowRefused",
    "Move",
    "Parked",
    "Simulation",
    "TooLong",
    "advance",
    "compile_bpmn",
    "compile_dmn",
    "enter",
    "is_key",
    "lint",
    "lint_dmn",
    "parse_performer",
    "pool_of",
    "words_of",
]

_KEY = re.compile(r"[a-z][a-z0-9\-]{0,79}\Z")


def is_key(key: str) -> bool:
    """Say whether a text may name a flow in addresses."""
    return bool(_KEY.match(key))


def lint(
    bpmn: bytes,
    *,
    actions: Collection[str] | None = None,
    decisions: Mapping[str, Decision] | None = None,
    flows: Collection[str] | None = None,
) -> list[Fault]:
    """Return everything that is wrong with a flow file, in the order of the file; empty means publishable.

    `actions`, `decisions` and `flows` are what it may name; where one is not given, names are not checked.
    """
    drawing, faults = read(bpmn)
    if drawing is None:
        return faults
    return faults + check(drawing, known=Known(actions, decisions, flows))


def compile_bpmn(
    bpmn: bytes,
    *,
    actions: Collection[str] | None = None,
    decisions: Mapping[str, Decision] | None = None,
    flows: Collection[str] | None = None,
) -> Flow:
    """Compile a flow file into frozen dataclasses; a faulty one raises `FlowRefused` with all its faults."""
    drawing, faults = read(bpmn)
    if drawing is not None:
        faults += check(drawing, known=Known(actions, decisions, flows))
    if drawing is None or faults:
        raise FlowRefused(faults)
    return build(drawing)
