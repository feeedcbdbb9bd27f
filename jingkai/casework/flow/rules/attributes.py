"""The jk: attributes of the elements: known, well-formed, and pointing to what exists."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Fault, FaultCode, Outcome, PerformerKind, VariableType
from jingkai.casework.flow.rules.drawing import (
    END,
    EXCLUSIVE,
    PARALLEL,
    SERVICE,
    START,
    USER,
    Drawing,
    Shape,
)
from jingkai.casework.flow.rules.faults import fault
from jingkai.casework.flow.rules.outcomes import words_of
from jingkai.casework.flow.rules.performers import parse_performer

KNOWN: Mapping[str, frozenset[str]] = {
    START: frozenset({"nameEn"}),
    END: frozenset({"nameEn", "outcome"}),
    EXCLUSIVE: frozenset({"nameEn"}),
    PARALLEL: frozenset({"nameEn"}),
    SERVICE: frozenset({"nameEn", "action", "branch"}),
    USER: frozenset(
        {
            "nameEn",
            "pool",
            "outcomes",
            "clock",
            "branch",
            "form",
            "sendBackTo",
            "binding",
            "outcomeAs",
            "phone",
        }
    ),
}
PROCESS = frozenset({"nameEn", "variables"})
OPTION = "x-"
"""Attributes with this prefix belong to the module that draws the form; the engine passes them on."""

_NAME = re.compile(r"[^\W\d_]\w{0,39}\Z")
_CODE = re.compile(r"[a-z][a-z0-9_\-]{0,39}\Z")
_RESERVED = frozenset({"outcome", "true", "false", "null", "and", "or", "not", "in", "is", "if", "else"})


@dataclass(frozen=True, slots=True)
class Variables:
    """The declared case variables with their types, and the declarations that could not be read."""

    types: Mapping[str, VariableType]
    wrong: tuple[str, ...]


def variables_of(drawing: Drawing) -> Variables:
    """Read `jk:variables` of the process (`area:number, urgent:boolean, kind`) and every `jk:outcomeAs`."""
    types: dict[str, VariableType] = {}
    wrong: list[str] = []
    for part in split(drawing.attributes.get("variables", "")):
        name, _colon, kind = (word.strip() for word in part.partition(":"))
        try:
            kind_of = VariableType(kind or "text")
        except ValueError:
            wrong.append(part)
            continue
        if not _NAME.match(name) or name in _RESERVED or name in types:
            wrong.append(part)
        else:
            types[name] = kind_of
    for shape in drawing.of(USER):
        if shape.attributes.get("outcomeAs"):
            types.setdefault(shape.attributes["outcomeAs"], VariableType.TEXT)
    return Variables(types, tuple(wrong))


def outcomes_of(shape: Shape) -> tuple[Outcome, ...]:
    """Read `jk:outcomes`: codes, each with its own words if need be (`approve=同意|Approve, reject`)."""
    found = []
    for part in split(shape.attributes.get("outcomes", "")):
        code, equals, words = (word.strip() for word in part.partition("="))
        name, _bar, name_en = (word.strip() for word in words.partition("|"))
        found.append(Outcome(code, name, name_en or code) if equals else words_of(code))
    return tuple(found)


def split(text: str) -> list[str]:
    """Split a list at commas, full-width ones too, and drop empty parts."""
    return [part.strip() for part in re.split(r"[,，]", text) if part.strip()]


def check_attributes(drawing: Drawing, *, actions: Collection[str] | None) -> Iterator[Fault]:
    """Check the attributes of the process and of every element."""
    yield from _unknown(drawing.id, drawing.attributes, PROCESS)
    for part in variables_of(drawing).wrong:
        text = _(
            "jk:variables cannot be read at “%(part)s”. Write name:type "
            "with one of text, number, boolean, date."
        )
        yield fault(drawing.id, FaultCode.BAD_ATTRIBUTE, text, part=part)
    for shape in drawing.shapes.values():
        if shape.kind:
            yield from _unknown(shape.id, shape.attributes, KNOWN[shape.kind])
        if shape.kind == USER:
            yield from _user_task_faults(drawing, shape)
        elif shape.kind == SERVICE:
            yield from _service_faults(shape, actions)


def _unknown(element: str, attributes: Mapping[str, str], known: Collection[str]) -> Iterator[Fault]:
    for name in attributes:
        if name not in known and not name.startswith(OPTION):
            text = _("The attribute jk:%(name)s is not known here. Known: %(known)s.")
            shown = ", ".join(f"jk:{one}" for one in sorted(known))
            yield fault(element, FaultCode.BAD_ATTRIBUTE, text, name=name, known=shown)


def _service_faults(shape: Shape, actions: Collection[str] | None) -> Iterator[Fault]:
    action = shape.attributes.get("action", "")
    if not action:
        text = _("This service task names no action. Write jk:action with a registered action.")
        yield fault(shape.id, FaultCode.NO_ACTION, text)
    elif actions is not None and action not in actions:
        text = _("The action “%(action)s” is not registered. Registered: %(known)s.")
        known = ", ".join(sorted(actions)) or "–"
        yield fault(shape.id, FaultCode.UNKNOWN_ACTION, text, action=action, known=known)


def _user_task_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    yield from _pool_faults(drawing, shape)
    for outcome in outcomes_of(shape):
        if not _CODE.match(outcome.code) or outcome.code == "send_back":
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
    keeper = shape.attributes.get("outcomeAs", "")
    if keeper and (not _NAME.match(keeper) or keeper in _RESERVED):
        text = _("jk:outcomeAs “%(name)s” is not usable as a name. Begin with a letter; “outcome” is taken.")
        yield fault(shape.id, FaultCode.BAD_ATTRIBUTE, text, name=keeper)
    if shape.attributes.get("phone", "false") not in ("true", "false"):
        yield fault(shape.id, FaultCode.BAD_ATTRIBUTE, _("jk:phone is either true or false."))


def _pool_faults(drawing: Drawing, shape: Shape) -> Iterator[Fault]:
    written = shape.attributes.get("pool", "")
    performer = parse_performer(written)
    if performer is None:
        text = _(
            "jk:pool “%(pool)s” cannot be read. Write a unit code, "
            "role:code, applicant, starter, same:task or "
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
