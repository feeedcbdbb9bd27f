"""A flow file as it was read: shapes and arrows with their attributes, nothing concluded yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

USER, SERVICE = "userTask", "serviceTask"
START, END = "startEvent", "endEvent"
EXCLUSIVE, PARALLEL = "exclusiveGateway", "parallelGateway"
KINDS = (USER, SERVICE, START, END, EXCLUSIVE, PARALLEL)


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
