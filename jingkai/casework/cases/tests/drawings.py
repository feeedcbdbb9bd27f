"""Generated flows: nested parallel parts, choices and loops, drawn at random but well-formed."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import strategies as st

from jingkai.casework.flow.testing import bpmn

Block = tuple
"""`("task",)`, `("par", blocks)`, `("xor", blocks)`, `("loop", block)` or `("seq", blocks)`."""

_LEAF = st.just(("task",))


def _wider(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        some.map(lambda blocks: ("seq", blocks)),
        some.map(lambda blocks: ("par", blocks)),
        some.map(lambda blocks: ("xor", blocks)),
        inner.map(lambda block: ("loop", block)),
    )


blocks: st.SearchStrategy[Block] = st.recursive(_LEAF, _wider, max_leaves=10)
"""One block; `draw` makes a whole flow of it."""


@dataclass(slots=True)
class _Pen:
    lines: list[str] = field(default_factory=list)
    number: int = 0
    variables: list[str] = field(default_factory=list)

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def arrow(self, source: str, target: str) -> None:
        """Draw an arrow; the only arrow out of a merging gateway is marked as its default."""
        if source.startswith("gate") and "[" not in source:
            source += "[]"
        self.lines.append(f"{source} > {target}")


def _richer(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        _wider(inner),
        some.map(lambda blocks: ("data", blocks)),
        some.map(lambda blocks: ("or", blocks)),
    )


rich_blocks: st.SearchStrategy[Block] = st.recursive(
    st.sampled_from([("task",), ("task",), ("all",), ("turns",), ("call",)]), _richer, max_leaves=8
)
"""Blocks that also ask several people, start sub-cases, and choose by what an earlier step has left."""


def _with_events(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.one_of(
        _richer(inner),
        inner.map(lambda block: ("late", block)),
        inner.map(lambda block: ("side", block)),
    )


eventful_blocks: st.SearchStrategy[Block] = st.recursive(
    st.sampled_from([("task",), ("task",), ("all",), ("call",), ("moment",), ("message",), ("signal",)]),
    _with_events,
    max_leaves=7,
)
"""Blocks that also wait for moments, messages and signals, and have timers at the boundaries of tasks."""

CALLED = "small"
"""The flow that the sub-cases of `rich_blocks` follow."""

CALLED_TEXT = """
    start > s1 > gate[outcome == 'b'] > s2 > gate_m[] > end
    gate[] > gate_m
    s1: pool=approval outcomes=a,b,c
    s2: pool=approval outcomes=a,b,c
"""


def draw(block: Block, key: str = "generated") -> bytes:
    """Draw a block between a start and an end, with a task first so that every choice knows an outcome."""
    pen = _Pen()
    first, last = _draw(pen, ("seq", (("task",), block, ("task",))))
    pen.arrow("start", first)
    pen.arrow(last, "end")
    return bpmn(key, "\n".join(pen.lines), variables=", ".join(pen.variables))


def _draw(pen: _Pen, block: Block) -> tuple[str, str]:
    """Draw a block and give its first and last node."""
    kind = block[0]
    if kind == "task":
        task = pen.name("t")
        pen.lines.append(f"{task}: pool=approval outcomes=a,b,c")
        return task, task
    if kind == "seq":
        ends = [_draw(pen, part) for part in block[1]]
        for (_first, last), (first, _last) in pairwise(ends):
            pen.arrow(last, first)
        return ends[0][0], ends[-1][1]
    if kind == "par":
        fork, join = pen.name("fork"), pen.name("join")
        for part in block[1]:
            first, last = _draw(pen, part)
            pen.arrow(fork, first)
            pen.arrow(last, join)
        return fork, join
    match kind:
        case "all" | "turns":
            task = pen.name("m")
            turns = " sequential=true" if kind == "turns" else ""
            pen.lines.append(f"{task}: each=fire,quality,approval outcomes=a,b,c early=false{turns}")
            return task, task
        case "call":
            place = pen.name("call_")
            pen.lines.append(f"{place}: calls={CALLED}")
            return place, place
        case "data":
            return _choice(pen, block[1], kept=True)
        case "or":
            return _some(pen, block[1])
        case "xor":
            return _choice(pen, block[1])
        case "moment" | "message" | "signal":
            return _waiting(pen, kind)
        case "late" | "side":
            return _timed(pen, block[1], beside=kind == "side")
    return _loop(pen, block[1])


def _choice(pen: _Pen, parts: tuple[Block, ...], *, kept: bool = False) -> tuple[str, str]:
    """A task decides which of the parts is done; `kept`: by what it left, with another task between."""
    (task, last_task), gate, merge = _draw(pen, ("task",)), pen.name("gate"), pen.name("gate")
    asked = "outcome"
    if kept:
        asked, (last_task, _same) = pen.name("v"), _draw(pen, ("task",))
        pen.variables.append(asked)
        pen.lines.append(f"{task}: outcomeAs={asked}")
        pen.arrow(task, last_task)
    pen.arrow(last_task, gate)
    for outcome, part in zip("abc", parts, strict=False):
        first, last = _draw(pen, part)
        pen.arrow(f"{gate}[{asked} == '{outcome}']" if outcome != "a" else f"{gate}[]", first)
        pen.arrow(last, merge)
    return task, merge


def _some(pen: _Pen, parts: tuple[Block, ...]) -> tuple[str, str]:
    """A task decides which of the parts are done: the first alone, or one or two of the others."""
    (task, _same), fork, join = _draw(pen, ("task",)), pen.name("either"), pen.name("meet")
    pen.arrow(task, fork)
    conditions = ("", "outcome in ('b', 'c')", "outcome == 'c'")
    for condition, part in zip(conditions, parts, strict=False):
        first, last = _draw(pen, part)
        pen.arrow(f"{fork}[{condition}]", first)
        pen.arrow(last, join)
    return task, join


def _loop(pen: _Pen, part: Block) -> tuple[str, str]:
    """A part that is done again while the task behind it ends with `b`."""
    merge, gate, leave = pen.name("gate"), pen.name("gate"), pen.name("gate")
    first, last = _draw(pen, part)
    task, _same = _draw(pen, ("task",))
    for source, target in ((merge, first), (last, task), (task, gate)):
        pen.arrow(source, target)
    pen.arrow(f"{gate}[outcome == 'b']", merge)
    pen.arrow(f"{gate}[]", leave)
    return merge, leave


def _waiting(pen: _Pen, kind: str) -> tuple[str, str]:
    """A place where the case waits; every message has a name of its own."""
    wait = pen.name("wait_")
    pen.lines.append(f"{wait}: " + ("timer=3wd" if kind == "moment" else f"{kind}={wait}"))
    return wait, wait


def _timed(pen: _Pen, part: Block, *, beside: bool) -> tuple[str, str]:
    """A task with a timer that leads to a part: instead of the task's own way, or beside it to an end."""
    (task, _same), late, merge = _draw(pen, ("task",)), pen.name("late_"), pen.name("gate")
    first, last = _draw(pen, part)
    pen.lines.append(f"{late}: on={task} timer=5wd" + (" side=true" if beside else ""))
    pen.arrow(late, first)
    pen.arrow(last, pen.name("end") if beside else merge)
    pen.arrow(task, merge)
    return task, merge
