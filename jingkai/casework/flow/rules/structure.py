"""Parallel parts: every fork has its join, and no path enters or leaves between them.

Only such flows can promise that a join never waits for ever: inside a branch one token at most is under
way, so "no open task under the fork" is exactly "all branches are through".
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Fault, FaultCode, parent_scope, step_into
from jingkai.casework.flow.rules.drawing import BOUNDARY, END, PAIRED, Arrow, Drawing, Shape
from jingkai.casework.flow.rules.faults import fault


@dataclass(slots=True)
class Structure:
    """What the walk found: the scope of every reachable node, and which join belongs to which fork."""

    scopes: dict[str, str] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)
    arrivals: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def is_fork(shape: Shape) -> bool:
    """One way in, several out."""
    return shape.kind in PAIRED and len(shape.outgoing) > 1 and len(shape.incoming) <= 1


def is_join(shape: Shape) -> bool:
    """Several ways in, one out."""
    return shape.kind in PAIRED and len(shape.incoming) > 1 and len(shape.outgoing) <= 1


def is_side(shape: Shape) -> bool:
    """A timer beside whose task a path of its own begins."""
    return shape.kind == BOUNDARY and shape.details.get("side") == "yes"


def find_structure(drawing: Drawing, start: str) -> Structure:
    """Walk the flow from its start, carrying the fork scope along."""
    found = Structure(scopes={start: ""})
    waiting = deque([start])
    while waiting:
        shape = drawing.shapes[waiting.popleft()]
        for timer in shape.timers:
            if timer.id not in found.scopes:
                found.scopes[timer.id] = found.scopes[shape.id]
                waiting.append(timer.id)
        for arrow in shape.outgoing:
            scope = _scope_behind(found, drawing, shape, arrow)
            if arrow.target not in found.scopes:
                found.scopes[arrow.target] = scope
                waiting.append(arrow.target)
            elif found.scopes[arrow.target] != scope:
                found.faults.append(_crossed(arrow))
    found.faults += [*_fork_faults(drawing, found), *_end_faults(drawing, found)]
    return found


def _scope_behind(found: Structure, drawing: Drawing, shape: Shape, arrow: Arrow) -> str:
    """Return the scope in which the arrow's target stands, noting joins on the way."""
    scope = found.scopes[shape.id]
    if is_fork(shape) or is_side(shape):
        scope = step_into(scope, shape.id, arrow.id)
    target = drawing.shapes[arrow.target]
    if not is_join(target):
        return scope
    if not scope:
        if target.id not in found.partners:
            text = _("This join has no fork before it. Use an exclusive gateway to merge alternative paths.")
            found.faults.append(fault(target.id, FaultCode.JOIN_WITHOUT_FORK, text))
            found.partners[target.id] = ""
        return scope
    fork, _colon, branch = scope.rpartition("/")[2].partition(":")
    if drawing.shapes[fork].kind == BOUNDARY:
        found.faults.append(_crossed(arrow))
        return scope
    if found.partners.setdefault(target.id, fork) != fork:
        found.faults.append(_crossed(arrow))
    found.arrivals.setdefault(target.id, []).append(branch)
    return parent_scope(scope)


def _crossed(arrow: Arrow) -> Fault:
    text = _(
        "This arrow leads into or out of a parallel part past its fork or join (at “%(target)s”). "
        "Let every path pass the join, or use sending back for returns."
    )
    return fault(arrow.id, FaultCode.CROSSED_BRANCHES, text, target=arrow.target)


def _fork_faults(drawing: Drawing, found: Structure) -> Iterator[Fault]:
    forks = [shape for shape in drawing.shapes.values() if is_fork(shape) and shape.id in found.scopes]
    for fork in forks:
        joins = [join for join, partner in found.partners.items() if partner == fork.id]
        if not joins:
            text = _("This fork has no join. Bring its branches together in one gateway of the same kind.")
            yield fault(fork.id, FaultCode.FORK_WITHOUT_JOIN, text)
            continue
        for join in joins[1:]:
            text = _(
                "The branches of the fork “%(fork)s” end in different joins. Bring all of them to one join."
            )
            yield fault(join, FaultCode.CROSSED_BRANCHES, text, fork=fork.id)
        if len(joins) == 1:
            yield from _pair_faults(fork, drawing.shapes[joins[0]])
            yield from _branch_faults(fork, joins[0], Counter(found.arrivals[joins[0]]))


def _pair_faults(fork: Shape, join: Shape) -> Iterator[Fault]:
    if fork.kind != join.kind:
        text = _("The join “%(join)s” is a gateway of another kind than its fork. Draw both alike.")
        yield fault(fork.id, FaultCode.PAIR_DIFFERS, text, join=join.id)


def _branch_faults(fork: Shape, join: str, arrivals: Counter[str]) -> Iterator[Fault]:
    for arrow in fork.outgoing:
        if not arrivals[arrow.id]:
            text = _("This branch never reaches the join “%(join)s” of its fork “%(fork)s”. Lead it there.")
            yield fault(arrow.id, FaultCode.FORK_WITHOUT_JOIN, text, join=join, fork=fork.id)
        elif arrivals[arrow.id] > 1:
            text = _(
                "One branch of the fork “%(fork)s” enters this join %(count)d times. "
                "Merge its paths in an exclusive gateway before the join."
            )
            yield fault(join, FaultCode.BRANCH_TWICE, text, fork=fork.id, count=arrivals[arrow.id])


def _end_faults(drawing: Drawing, found: Structure) -> Iterator[Fault]:
    for end in drawing.of(END):
        fork = found.scopes.get(end.id, "").rpartition("/")[2].partition(":")[0]
        if fork and not end.terminates and drawing.shapes[fork].kind != BOUNDARY:
            text = _(
                "This end lies inside the parallel part of “%(fork)s”, so "
                "its join would wait. Lead the path "
                "to the join, or make it a terminate end event."
            )
            yield fault(end.id, FaultCode.FORK_WITHOUT_JOIN, text, fork=fork)
