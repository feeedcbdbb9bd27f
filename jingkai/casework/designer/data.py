"""Words of the designer: remarks on a drawing and forms, differences, templates. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["fault", "hint"]
"""A fault keeps a flow from being published; a hint does not."""

Difference = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at: the element it stands on, or the form and its field, and a sentence."""

    message: str
    element: str = ""
    form: str = ""
    field: str = ""
    level: Level = "fault"


@dataclass(frozen=True, slots=True)
class ElementChange:
    """What became of one element between two drawings; `what` names the changed attributes."""

    element: str
    kind: str
    name: str
    difference: Difference
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormChange:
    """What became of one form, or of one of its fields, between two states of a flow."""

    form: str
    field: str
    label: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that differs between two states of a flow."""

    elements: tuple[ElementChange, ...] = ()
    forms: tuple[FormChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.elements or self.forms)


@dataclass(frozen=True, slots=True)
class Template:
    """A flow to begin with: a drawing and its forms, as they are shipped."""

    code: str
    name: str
    name_en: str
    summary: str
    summary_en: str
    bpmn: str
    forms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartRule:
    """Who may start a flow: nobody while closed, everybody of the staff, or these units and roles."""

    is_open: bool = True
    everyone: bool = True
    units: Sequence[str] = ()
    roles: Sequence[str] = ()
