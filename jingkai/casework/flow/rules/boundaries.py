"""Timers, messages and signals: what waits knows for what, and stands where it can be left."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Delay, Fault, FaultCode, VariableType, parse_delay
from jingkai.casework.flow.rules.declared import variables_of
from jingkai.casework.flow.rules.drawing import BOUNDARY, CALL, CATCH, USER, Drawing, Shape
from jingkai.casework.flow.rules.faults import fault


def delay_of(shape: Shape) -> Delay | None:
    """Read how long an event waits: `jk:after`, or what the timer itself says."""
    return parse_delay(shape.attributes.get("after", "") or shape.details.get("timer", ""))


def waits_for(shape: Shape) -> str:
    """Read the name of the message or signal for which an event waits."""
    written = shape.details.get("message", "") or shape.details.get("signal", "")
    return (shape.attributes.get("waitsFor", "") or written)[:80]


def check_waits(drawing: Drawing) -> Iterator[Fault]:
    """Check every catching event and every timer at a boundary."""
    for shape in drawing.of(CATCH):
        yield from _catch_faults(drawing, shape)
    for shape in drawing.of(BOUNDARY):
        yield from _boundary_faults(drawing, shape)


def _catch_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    kinds = [kind for kind in ("timer", "message", "signal") if kind in shape.details]
    if len(kinds) != 1:
        text = _("This event must wait for exactly one of a time, a message or a signal. Choose one.")
        yield fault(shape.id, FaultCode.BAD_TIMER, text)
    elif kinds == ["timer"]:
        yield from _timer_faults(drawing, shape)
    elif "clock" in shape.attributes:
        text = _("Only a timer stands still with a time limit (jk:clock). Remove it here.")
        yield fault(shape.id, FaultCode.BAD_TIMER, text)
    elif not waits_for(shape):
        text = _("This event does not say what it waits for. Name the message or signal (jk:waitsFor).")
        yield fault(shape.id, FaultCode.NO_NAME, text)


def _boundary_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    host = drawing.shapes.get(shape.details["host"])
    if host is None or host.kind not in (USER, CALL):
        text = _("A timer hangs at something that nobody works on. Attach it to a user task or a sub-case.")
        yield fault(shape.id, FaultCode.BAD_BOUNDARY, text)
    if shape.incoming:
        text = _("An arrow leads into this timer. It starts with its task; delete the arrow.")
        yield fault(shape.id, FaultCode.BAD_BOUNDARY, text)
    if "timer" not in shape.details:
        text = _("Only a timer may stand at the boundary of a task. Make it a timer.")
        yield fault(shape.id, FaultCode.BAD_BOUNDARY, text)
    else:
        yield from _timer_faults(drawing, shape)


def _timer_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    delay = delay_of(shape)
    if delay is None:
        text = _("This timer does not say how long. Write 3wd (working days), 5d, 4h, P3D, a date or ${day}.")
        yield fault(shape.id, FaultCode.BAD_TIMER, text)
    elif delay.variable and variables_of(drawing).types.get(delay.variable) is not VariableType.DATE:
        text = _("The timer asks for “%(name)s”, which is not declared as a date in jk:variables.")
        yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, name=delay.variable)
    yield from _clock_faults(drawing, shape, delay)


def _clock_faults(drawing: Drawing, shape: Shape, delay: Delay | None) -> Iterator[Fault]:
    """A timer that stands still with a limit needs a span of time, and a limit that runs in this flow."""
    key = shape.attributes.get("clock", "")
    if not key:
        return
    if delay is not None and not delay.is_span:
        text = _(
            "A fixed date can't stand still with a time limit. Write a span such as 5wd, or remove jk:clock."
        )
        yield fault(shape.id, FaultCode.BAD_TIMER, text)
    if key not in {task.attributes.get("clock", "") for task in drawing.of(USER)}:
        text = _("The timer stands still with the limit “%(key)s”, under which no step of this flow runs.")
        yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, key=key)
