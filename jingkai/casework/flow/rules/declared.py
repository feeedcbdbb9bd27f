"""What a drawing declares: case variables with their types, the outcomes of a step, lists with commas."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Fault, FaultCode, Outcome, VariableType
from jingkai.casework.flow.rules.drawing import CALL, USER, Drawing, Shape
from jingkai.casework.flow.rules.faults import fault
from jingkai.casework.flow.rules.outcomes import words_of

_NAME = re.compile(r"[^\W\d_]\w{0,39}\Z")
CODE = re.compile(r"[a-z][a-z0-9_\-]{0,39}\Z")
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
    for shape in (*drawing.of(USER), *drawing.of(CALL)):
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


def usable_name(name: str) -> bool:
    """Say whether a text may name a case variable."""
    return bool(_NAME.match(name)) and name not in _RESERVED


def keeper_faults(shape: Shape) -> Iterator[Fault]:
    """Check the variable that keeps the outcome of a step."""
    keeper = shape.attributes.get("outcomeAs", "")
    if keeper and not usable_name(keeper):
        text = _("jk:outcomeAs “%(name)s” is not usable as a name. Begin with a letter; “outcome” is taken.")
        yield fault(shape.id, FaultCode.BAD_ATTRIBUTE, text, name=keeper)
