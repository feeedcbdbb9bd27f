"""From a faultless drawing to the frozen flow that the engine runs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from jingkai.casework.flow.data import (
    BoundaryTimer,
    CallActivity,
    CatchEvent,
    DecisionTask,
    Delay,
    EndEvent,
    ExclusiveGateway,
    Flow,
    InclusiveGateway,
    Node,
    ParallelGateway,
    Performer,
    PerformerKind,
    SequenceFlow,
    ServiceTask,
    StartEvent,
    UserTask,
    WaitKind,
    parse_condition,
)
from jingkai.casework.flow.rules.attributes import OPTION
from jingkai.casework.flow.rules.boundaries import delay_of, waits_for
from jingkai.casework.flow.rules.declared import outcomes_of, split, variables_of
from jingkai.casework.flow.rules.drawing import (
    BOUNDARY,
    CALL,
    CATCH,
    CHOOSING,
    END,
    EXCLUSIVE,
    INCLUSIVE,
    PAIRED,
    RULE,
    SERVICE,
    START,
    Drawing,
    Shape,
)
from jingkai.casework.flow.rules.performers import parse_performer
from jingkai.casework.flow.rules.structure import Structure, find_structure, is_fork, is_side
from jingkai.casework.flow.rules.tasks import several_of, timeouts_of


def build(drawing: Drawing) -> Flow:
    """Build the flow of a drawing that `check` found no fault in."""
    start = drawing.of(START)[0].id
    structure = find_structure(drawing, start)
    limit = drawing.attributes.get("limit", "")
    nodes = {shape.id: _showing(_node(shape, structure), limit) for shape in drawing.shapes.values()}
    return Flow(
        id=drawing.id,
        name=drawing.name or drawing.id,
        name_en=drawing.attributes.get("nameEn", "") or drawing.name or drawing.id,
        start=start,
        nodes=MappingProxyType(nodes),
        variables=MappingProxyType(dict(variables_of(drawing).types)),
        forks=MappingProxyType({fork: join for join, fork in structure.partners.items()}),
        units=_units(nodes.values()),
        timers=MappingProxyType(_timers(drawing, nodes)),
        sides=frozenset(shape.id for shape in drawing.of(BOUNDARY) if is_side(shape)),
        resubmits=drawing.attributes.get("resubmit") == "true",
        limit=limit,
    )


def _showing(node: Node, limit: str) -> Node:
    """A step that names no clock of its own shows the limit of the whole matter."""
    return replace(node, clock=limit) if limit and isinstance(node, UserTask) and not node.clock else node


def _timers(drawing: Drawing, nodes: Mapping[str, Node]) -> dict[str, tuple[BoundaryTimer, ...]]:
    found: dict[str, tuple[BoundaryTimer, ...]] = {}
    for shape in drawing.of(BOUNDARY):
        node = nodes[shape.id]
        if isinstance(node, BoundaryTimer):
            found[node.host] = (*found.get(node.host, ()), node)
    return found


def _units(nodes: Iterable[Node]) -> tuple[str, ...]:
    tasks = [node for node in nodes if isinstance(node, UserTask)]
    performers = [node.performer for node in tasks if not node.several]
    performers += [one for node in tasks if node.several for one in node.several.performers]
    return tuple(sorted({one.value for one in performers if one.kind is PerformerKind.UNIT}))


def _node(shape: Shape, structure: Structure) -> Node:
    common: dict[str, Any] = {
        "id": shape.id,
        "name": shape.name or shape.id,
        "name_en": shape.attributes.get("nameEn", "") or shape.name or shape.id,
        "scope": structure.scopes[shape.id],
        "outgoing": _arrows(shape),
    }
    match shape.kind:
        case kind if kind == START:
            return StartEvent(**common)
        case kind if kind == END:
            outcome = shape.attributes.get("outcome", "")
            return EndEvent(**common, outcome=outcome, terminates=shape.terminates)
        case kind if kind == SERVICE:
            branch = shape.attributes.get("branch", "")
            return ServiceTask(**common, action=shape.attributes["action"], branch=branch)
        case kind if kind == RULE:
            return DecisionTask(**common, decision=shape.attributes["decision"])
        case kind if kind == EXCLUSIVE:
            return ExclusiveGateway(**common)
        case kind if kind in PAIRED:
            gateway = InclusiveGateway if kind == INCLUSIVE else ParallelGateway
            return gateway(**common, forks=is_fork(shape), partner=_partner(shape, structure))
    return _waiting(shape, common) or _user_task(shape, common)


def _waiting(shape: Shape, common: dict[str, Any]) -> Node | None:
    """Build what waits without a person; nothing for a user task."""
    attributes, details = shape.attributes, shape.details
    match shape.kind:
        case kind if kind == CATCH:
            wait = next(one for one in WaitKind if one in details)
            delay = delay_of(shape) if wait is WaitKind.TIMER else None
            clock = attributes.get("clock", "")
            return CatchEvent(**common, wait=wait, waits_for=waits_for(shape), delay=delay, clock=clock)
        case kind if kind == BOUNDARY:
            delay = delay_of(shape) or Delay()
            return BoundaryTimer(
                **common,
                host=details["host"],
                delay=delay,
                interrupting=not is_side(shape),
                clock=attributes.get("clock", ""),
            )
        case kind if kind == CALL:
            return CallActivity(
                **common,
                called=details["called"],
                gives=tuple(split(attributes.get("give", ""))),
                takes=tuple(split(attributes.get("take", ""))),
                outcome_as=attributes.get("outcomeAs", ""),
                branch=attributes.get("branch", ""),
            )
    return None


def _user_task(shape: Shape, common: dict[str, Any]) -> UserTask:
    attributes = shape.attributes
    options = {
        name.removeprefix(OPTION): text for name, text in attributes.items() if name.startswith(OPTION)
    }
    return UserTask(
        **common,
        performer=parse_performer(attributes.get("pool", "")) or Performer(PerformerKind.STARTER),
        outcomes=outcomes_of(shape),
        clock=attributes.get("clock", ""),
        branch=attributes.get("branch", ""),
        form=attributes.get("form", ""),
        send_back_to=tuple(split(attributes.get("sendBackTo", ""))),
        binding=tuple(split(attributes.get("binding", ""))),
        outcome_as=attributes.get("outcomeAs", ""),
        phone=attributes.get("phone") == "true",
        batch=attributes.get("batch") == "true",
        skip_same=attributes.get("skipSame") == "true",
        several=several_of(shape),
        timeouts=timeouts_of(shape) or (),
        options=MappingProxyType(options),
    )


def _arrows(shape: Shape) -> tuple[SequenceFlow, ...]:
    choosing = shape.kind in CHOOSING and len(shape.outgoing) > 1
    return tuple(
        SequenceFlow(
            id=arrow.id,
            source=arrow.source,
            target=arrow.target,
            name=arrow.name,
            name_en=arrow.name_en or arrow.name,
            condition=parse_condition(arrow.condition) if choosing and arrow.condition else None,
            is_default=arrow.id == shape.default,
        )
        for arrow in shape.outgoing
    )


def _partner(shape: Shape, structure: Structure) -> str:
    if not is_fork(shape):
        return structure.partners[shape.id]
    return next(join for join, fork in structure.partners.items() if fork == shape.id)
