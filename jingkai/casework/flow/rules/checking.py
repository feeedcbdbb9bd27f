"""What would make a drawing go wrong when it runs, found before it is published."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Fault, FaultCode
from jingkai.casework.flow.data.faults import FILE
from jingkai.casework.flow.rules.attributes import Known, check_attributes
from jingkai.casework.flow.rules.boundaries import check_waits
from jingkai.casework.flow.rules.conditions import check_conditions
from jingkai.casework.flow.rules.drawing import (
    BOUNDARY,
    CATCH,
    END,
    GATEWAYS,
    PAIRED,
    START,
    USER,
    Drawing,
    Shape,
)
from jingkai.casework.flow.rules.faults import fault
from jingkai.casework.flow.rules.structure import find_structure, is_fork, is_join


def check(drawing: Drawing, *, known: Known) -> list[Fault]:
    """Return every fault of a drawing, in the order of the file, each once."""
    faults = [
        *_start_and_end(drawing),
        *_degrees(drawing),
        *_paths(drawing),
        *_parallel(drawing),
        *_cycles(drawing),
        *check_conditions(drawing),
        *check_attributes(drawing, known=known),
        *check_waits(drawing),
    ]
    place = {name: number for number, name in enumerate((FILE, drawing.id, *drawing.shapes))}
    arrows = {arrow.id: place[arrow.source] for arrow in drawing.arrows}
    return sorted(
        dict.fromkeys(faults), key=lambda one: place.get(one.element, arrows.get(one.element, len(place)))
    )


def _start_and_end(drawing: Drawing) -> Iterator[Fault]:
    starts = drawing.of(START)
    if not starts:
        yield fault(drawing.id, FaultCode.NO_START, _("The flow has no start event. Add one."))
    for extra in starts[1:]:
        yield fault(extra.id, FaultCode.SEVERAL_STARTS, _("The flow has several start events. Keep one."))
    if not drawing.of(END):
        yield fault(drawing.id, FaultCode.NO_END, _("The flow has no end event. Add one."))
    for start in starts:
        if start.incoming:
            text = _("An arrow leads into the start event. Lead it to the first task.")
            yield fault(start.id, FaultCode.INTO_START, text)
    for end in drawing.of(END):
        if end.outgoing:
            text = _("An arrow leads out of this end event. Nothing follows an end.")
            yield fault(end.id, FaultCode.OUT_OF_END, text)


def _degrees(drawing: Drawing) -> Iterator[Fault]:
    for shape in drawing.shapes.values():
        if shape.kind not in (END, "") and not shape.outgoing:
            text = _("Dead end: no arrow leads on from here. Lead it to the next step or to an end event.")
            yield fault(shape.id, FaultCode.DEAD_END, text)
        if shape.kind not in (*GATEWAYS, END, "") and len(shape.outgoing) > 1:
            text = _(
                "%(count)d arrows leave this element. Put a gateway behind it: exclusive for a choice, "
                "inclusive for those that fit, parallel for all at once."
            )
            yield fault(shape.id, FaultCode.SEVERAL_OUT, text, count=len(shape.outgoing))
    for gateway in (shape for shape in drawing.shapes.values() if shape.kind in PAIRED):
        if len(gateway.incoming) > 1 and len(gateway.outgoing) > 1:
            text = _(
                "Several arrows enter and several leave this gateway. Draw two: before the fork a "
                "join, or an exclusive gateway where alternative paths meet."
            )
            yield fault(gateway.id, FaultCode.MIXED_GATEWAY, text)
        elif gateway.outgoing and not is_fork(gateway) and not is_join(gateway):
            text = _("This gateway neither forks nor joins. Remove it, or add the missing branch.")
            yield fault(gateway.id, FaultCode.USELESS_GATEWAY, text)


def _paths(drawing: Drawing) -> Iterator[Fault]:
    starts = drawing.of(START)
    if not starts:
        return
    reachable = _closure(drawing, [start.id for start in starts], backwards=False)
    ending = _closure(drawing, [end.id for end in drawing.of(END)], backwards=True)
    for shape in drawing.shapes.values():
        if shape.id not in reachable:
            text = _("Unreachable: no path leads here from the start event. Connect it, or delete it.")
            yield fault(shape.id, FaultCode.UNREACHABLE, text)
        elif ending and shape.id not in ending and shape.outgoing:
            text = _("No path leads from here to an end event, so a case would never close. Add a way out.")
            yield fault(shape.id, FaultCode.NEVER_ENDS, text)


def _closure(drawing: Drawing, seeds: list[str], *, backwards: bool) -> set[str]:
    seen, waiting = set(seeds), list(seeds)
    while waiting:
        shape = drawing.shapes[waiting.pop()]
        fresh = set(_before(shape) if backwards else drawing.behind(shape)) - seen
        fresh &= drawing.shapes.keys()
        seen |= fresh
        waiting += fresh
    return seen


def _before(shape: Shape) -> list[str]:
    host = [shape.details["host"]] if shape.kind == BOUNDARY else []
    return [arrow.source for arrow in shape.incoming] + host


def _parallel(drawing: Drawing) -> list[Fault]:
    starts = drawing.of(START)
    mixed = any(
        len(gate.incoming) > 1 and len(gate.outgoing) > 1
        for gate in drawing.shapes.values()
        if gate.kind in PAIRED
    )
    return [] if len(starts) != 1 or mixed else find_structure(drawing, starts[0].id).faults


def _cycles(drawing: Drawing) -> Iterator[Fault]:
    """A loop without a user task would spin for ever inside one transaction."""
    waiting = (USER, CATCH, BOUNDARY, "")
    silent = {shape.id: shape for shape in drawing.shapes.values() if shape.kind not in waiting}
    degree = {name: sum(arrow.source in silent for arrow in shape.incoming) for name, shape in silent.items()}
    free = [name for name, count in degree.items() if not count]
    while free:
        shape = silent.pop(free.pop())
        free += _released(shape, silent, degree)
    looping = [name for name in silent if _leads_back(name, silent)]
    if looping:
        text = _("This loop holds no user task, so it would never stop (%(loop)s). Put a user task into it.")
        yield fault(looping[0], FaultCode.CYCLE_WITHOUT_TASK, text, loop=", ".join(looping[:10]))


def _released(shape: Shape, silent: dict[str, Shape], degree: dict[str, int]) -> list[str]:
    released = []
    for arrow in shape.outgoing:
        if arrow.target in silent:
            degree[arrow.target] -= 1
            if not degree[arrow.target]:
                released.append(arrow.target)
    return released


def _leads_back(name: str, silent: dict[str, Shape]) -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for arrow in silent[waiting.pop()].outgoing:
            if arrow.target == name:
                return True
            if arrow.target in silent and arrow.target not in seen:
                seen.add(arrow.target)
                waiting.append(arrow.target)
    return False
