"""A flow file as it was read: shapes and arrows with their attributes, nothing concluded yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

USER, SERVICE = "userTask", "serviceTask"
RULE, CALL = "businessRuleTask", "callActivity"
START, END = "startEvent", "endEvent"
CATCH, BOUNDARY = "intermediateCatchEvent", "boundaryEvent"
EXCLUSIVE, PARALLEL, INCLUSIVE = "exclusiveGateway", "parallelGateway", "inclusiveGateway"
KINDS = (USER, SERVICE, RULE, CALL, START, END, CATCH, BOUNDARY, EXCLUSIVE, PARALLEL, INCLUSIVE)
GATEWAYS = (EXCLUSIVE, PARALLEL, INCLUSIVE)
PAIRED = (PARALLEL, INCLUSIVE)
"""Gateways of which one forks and another joins."""
CHOOSING = (EXCLUSIVE, INCLUSIVE)
"""Gateways whose outgoing arrows carry conditions."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One sequence flow."""

    id: str
    source: str
    target: str
    name: str
    name_en: str
    condition: str | None


@dataclass(slots=True)
class Shape:
    """One flow node. `kind` is the BPMN tag, or empty for an element outside the subset."""

    id: str
    kind: str
    name: str
    attributes: Mapping[str, str]
    default: str = ""
    terminates: bool = False
    details: dict[str, str] = field(default_factory=dict)
    """What hangs inside the element: `timer`, `message`, `signal`, `several`, `host`, `side`, `called`."""
    timers: list["Shape"] = field(default_factory=list)
    incoming: list[Arrow] = field(default_factory=list)
    outgoing: list[Arrow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The one process of a file."""

    id: str
    name: str
    attributes: Mapping[str, str]
    shapes: Mapping[str, Shape]
    arrows: tuple[Arrow, ...]

    def of(self, kind: str) -> list[Shape]:
        """Return the shapes of one kind in the order of the file."""
        return [shape for shape in self.shapes.values() if shape.kind == kind]

    def behind(self, shape: Shape) -> list[str]:
        """Return the ids of what may follow an element: its arrows' targets, and timers at its boundary."""
        return [arrow.target for arrow in shape.outgoing] + [timer.id for timer in shape.timers]
