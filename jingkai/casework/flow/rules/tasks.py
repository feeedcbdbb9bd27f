"""User tasks: performers, outcomes, several people, time-outs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import (
    Fault,
    FaultCode,
    PassRule,
    Performer,
    PerformerKind,
    Several,
    Timeout,
    TimeoutAct,
    VariableType,
    parse_delay,
)
from jingkai.casework.flow.rules.declared import CODE, keeper_faults, outcomes_of, split, variables_of
from jingkai.casework.flow.rules.drawing import USER, Drawing, Shape
from jingkai.casework.flow.rules.faults import fault
from jingkai.casework.flow.rules.performers import parse_performer

MOST_PEOPLE = 200
"""Most people whom one step may ask."""

_MEMBERS = "members:"
_LIST = re.compile(r"\$\{\s*(\w+)\s*\}\Z")
_SHARE = re.compile(r"(\d{1,3})\s*/\s*(\d{1,3})\Z")
_PERCENT = re.compile(r"(\d{1,3})\s*%\Z")


def several_of(shape: Shape) -> Several | None:
    """Read what is asked of several people; nothing when the step is one person's, or it cannot be read."""
    if "several" not in shape.details:
        return None
    written = shape.attributes.get("each", "")
    rule = pass_rule(shape.attributes.get("pass", ""), early=shape.attributes.get("early") != "false")
    performers, members, variable = _asked(written)
    if rule is None or not (performers or variable):
        return None
    outcomes = outcomes_of(shape)
    usual = [outcomes[0].code] if outcomes else []
    passing = tuple(split(shape.attributes.get("passing", ""))) or tuple(usual)
    sequential = shape.details["several"] == "sequential"
    return Several(performers, members, variable, sequential, rule, passing)


def _asked(written: str) -> tuple[tuple[Performer, ...], bool, str]:
    """Read `jk:each`: `${list}`, `members:unit`, `members:role:code@unit`, or performers with commas."""
    if variable := _LIST.match(written):
        return (), False, variable[1]
    members = written.startswith(_MEMBERS)
    texts = split(written.removeprefix(_MEMBERS))
    performers = [parse_performer(text) for text in texts]
    if not texts or None in performers:
        return (), members, ""
    return tuple(one for one in performers if one), members, ""


def pass_rule(text: str, *, early: bool) -> PassRule | None:
    """Read `jk:pass`: `all`, `any`, a number, a share (`2/3`) or per cent; nothing when it is none."""
    text = text.strip()
    if text in ("", "all"):
        return PassRule(early=early)
    if text == "any":
        return PassRule(number=1, early=early)
    if text.isdecimal() and 0 < int(text) <= MOST_PEOPLE:
        return PassRule(number=int(text), early=early)
    share, percent = _SHARE.match(text), _PERCENT.match(text)
    part, whole = (int(share[1]), int(share[2])) if share else (int(percent[1]) if percent else 0, 100)
    return PassRule(of=(part, whole), early=early) if 0 < part <= whole else None


def timeouts_of(shape: Shape) -> tuple[Timeout, ...] | None:
    """Read `jk:timeout`: `3wd remind, 5wd escalate, 7wd transfer:role:head@fire`; nothing when it is none."""
    found = []
    for part in split(shape.attributes.get("timeout", "")):
        when, _space, act = part.partition(" ")
        delay = parse_delay(when)
        kind, _colon, target = act.strip().partition(":")
        performer = parse_performer(target) if target else None
        if delay is None or kind not in {one.value for one in TimeoutAct}:
            return None
        if (kind == TimeoutAct.TRANSFER) != (performer is not None):
            return None
        found.append(Timeout(delay, TimeoutAct(kind), performer))
    return tuple(found)


def user_task_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    """Check a user task: who does it, how it may end, several people, what happens when it is late."""
    yield from _pool_faults(drawing, shape, shape.attributes.get("pool", ""))
    yield from _group_faults(drawing, shape)
    yield from _timeout_faults(drawing, shape)
    for outcome in outcomes_of(shape):
        if not CODE.match(outcome.code) or outcome.code == "send_back":
            text = _(
                "jk:outcomes cannot be read at “%(code)s”. Write codes in small Latin letters, with commas."
            )
            yield fault(shape.id, FaultCode.BAD_ATTRIBUTE, text, code=outcome.code)
    for target in split(shape.attributes.get("sendBackTo", "")):
        if target not in drawing.shapes or drawing.shapes[target].kind != USER:
            text = _("jk:sendBackTo names “%(target)s”, which is no user task of this flow.")
            yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, target=target)
    codes = {outcome.code for outcome in outcomes_of(shape)}
    for code in split(shape.attributes.get("binding", "")):
        if code not in codes:
            text = _("jk:binding names “%(code)s”, which is no outcome of this step.")
            yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, code=code)
    yield from keeper_faults(shape)
    for name in ("phone", "batch", "skipSame", "early"):
        if shape.attributes.get(name, "false") not in ("true", "false"):
            text = _("jk:%(name)s is either true or false.")
            yield fault(shape.id, FaultCode.BAD_ATTRIBUTE, text, name=name)


def _pool_faults(drawing: Drawing, shape: Shape, written: str) -> Iterator[Fault]:
    performer = parse_performer(written)
    if performer is None:
        text = _(
            "jk:pool “%(pool)s” cannot be read. Write a unit code, "
            "role:code, applicant, starter, head:starter, same:task or "
            "${variable}."
        )
        yield fault(shape.id, FaultCode.BAD_ATTRIBUTE, text, pool=written)
    elif performer.kind is PerformerKind.VARIABLE and performer.value not in variables_of(drawing).types:
        text = _("jk:pool asks for “%(name)s”, which is not declared in jk:variables of the process.")
        yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, name=performer.value)
    elif performer.kind is PerformerKind.SAME:
        target = drawing.shapes.get(performer.value)
        if target is None or target.kind != USER:
            text = _("jk:pool names “%(target)s”, which is no user task of this flow.")
            yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, target=performer.value)


def _group_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    named = [name for name in ("each", "pass", "passing", "early") if name in shape.attributes]
    if "several" not in shape.details:
        if named:
            text = _("jk:%(name)s is for a task of several people. Mark the task as multi-instance.")
            yield fault(shape.id, FaultCode.BAD_GROUP, text, name=named[0])
        return
    if "pool" in shape.attributes:
        text = _("jk:pool has no effect on a task of several people. Remove it; jk:each names them.")
        yield fault(shape.id, FaultCode.BAD_GROUP, text)
    if several_of(shape) is None:
        text = _(
            "jk:each or jk:pass cannot be read. Write jk:each as ${list}, members:unit, members:role:code or "
            "performers with commas; jk:pass as all, any, a number, 2/3 or 60%%."
        )
        yield fault(shape.id, FaultCode.BAD_GROUP, text.replace("%%", "%"))
        return
    yield from _asked_faults(drawing, shape)


def _asked_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    several = several_of(shape)
    if several is None:
        return
    if several.variable and variables_of(drawing).types.get(several.variable) is not VariableType.LIST:
        text = _("jk:each asks for “%(name)s”, which is not declared as a list in jk:variables.")
        yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, name=several.variable)
    for text_of_one in split(shape.attributes["each"].removeprefix(_MEMBERS)) if not several.variable else ():
        yield from _pool_faults(drawing, shape, text_of_one)
    units_and_roles = (PerformerKind.UNIT, PerformerKind.ROLE)
    if several.members and any(one.kind not in units_and_roles for one in several.performers):
        text = _("Only units and roles have members. Write members:unit or members:role:code.")
        yield fault(shape.id, FaultCode.BAD_GROUP, text)
    if len(several.performers) > MOST_PEOPLE:
        text = _("One step asks at most %(limit)d people.")
        yield fault(shape.id, FaultCode.BAD_GROUP, text, limit=MOST_PEOPLE)
    codes = {outcome.code for outcome in outcomes_of(shape)}
    for code in split(shape.attributes.get("passing", "")):
        if code not in codes:
            text = _("jk:passing names “%(code)s”, which is no outcome of this step.")
            yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, code=code)


def _timeout_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    timeouts = timeouts_of(shape)
    if timeouts is None:
        text = _(
            "jk:timeout cannot be read. Write pairs with commas: 3wd remind, 5wd escalate, "
            "7wd transfer:role:code@unit."
        )
        yield fault(shape.id, FaultCode.BAD_TIMER, text)
        return
    for timeout in timeouts:
        name = timeout.delay.variable
        if name and variables_of(drawing).types.get(name) is not VariableType.DATE:
            text = _("The timer asks for “%(name)s”, which is not declared as a date in jk:variables.")
            yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, name=name)
