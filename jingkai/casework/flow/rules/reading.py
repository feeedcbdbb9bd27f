"""Reading a BPMN 2.0 file from an untrusted hand.

No document type, no entities, no external reference is ever resolved; size and number of nodes are limited
before anything expensive is done.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Fault, FaultCode
from jingkai.casework.flow.data.faults import FILE
from jingkai.casework.flow.rules.drawing import BOUNDARY, CALL, CATCH, END, KINDS, USER, Arrow, Drawing, Shape
from jingkai.casework.flow.rules.faults import fault
from jingkai.casework.flow.rules.hints import HARMLESS, hint_for

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
JK = "{urn:jingkai:bpmn:1}"
MAX_BYTES = 2_000_000
"""Largest accepted file."""
MAX_NODES = 500
"""Most nodes that one flow may have; nobody can read a larger drawing."""

_ID = re.compile(r"[\w][\w.\-]{0,79}\Z")
_INSIDE_TASK = {"incoming", "outgoing", "documentation", "extensionElements"}
_DEFINITIONS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
}
_INSIDE: Mapping[str, frozenset[str]] = {
    END: frozenset({"terminateEventDefinition"}),
    USER: frozenset({"multiInstanceLoopCharacteristics"}),
    CATCH: frozenset(_DEFINITIONS),
    BOUNDARY: frozenset({"timerEventDefinition"}),
}
"""What may stand inside an element of each kind, beside `_INSIDE_TASK`."""


def read(bpmn: bytes) -> tuple[Drawing | None, list[Fault]]:
    """Read a file into a drawing; no drawing means that the faults make further checks pointless."""
    root, faults = _parse(bpmn)
    if root is None:
        return None, faults
    process, faults = _process_of(root)
    if process is None:
        return None, faults
    shapes, faults = _read_shapes(process, _names_of(root))
    arrows, arrow_faults = _read_arrows(process, shapes)
    broken = _id_faults(root, process) + _size_faults(process, shapes)
    if broken:
        return None, broken
    drawing = Drawing(
        id=process.get("id", ""),
        name=process.get("name", ""),
        attributes=_jk_attributes(process),
        shapes=shapes,
        arrows=tuple(arrows),
    )
    return drawing, faults + arrow_faults


def _parse(bpmn: bytes) -> tuple[Element | None, list[Fault]]:
    if len(bpmn) > MAX_BYTES:
        text = _("The file is larger than %(limit)d KB. Split the flow into smaller ones.")
        return None, [fault(FILE, FaultCode.TOO_LARGE, text, limit=MAX_BYTES // 1000)]
    try:
        return fromstring(bpmn, forbid_dtd=True, forbid_entities=True, forbid_external=True), []
    except DefusedXmlException:
        text = _(
            "The file declares a document type or entities, which are never read. Remove the <!DOCTYPE> part."
        )
        return None, [fault(FILE, FaultCode.ENTITIES, text)]
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        text = _("The file is not well-formed XML (%(error)s). Export it again from the modeler.")
        return None, [fault(FILE, FaultCode.NOT_XML, text, error=error)]


def _process_of(root: Element) -> tuple[Element | None, list[Fault]]:
    if root.tag != f"{BPMN}definitions":
        text = _(
            "The file is not BPMN 2.0: its first element must be <definitions> of the BPMN 2.0 namespace."
        )
        return None, [fault(FILE, FaultCode.NOT_BPMN, text)]
    processes = root.findall(f"{BPMN}process")
    if not processes:
        return None, [fault(FILE, FaultCode.NO_PROCESS, _("The file holds no process. Draw one flow in it."))]
    if len(processes) > 1:
        text = _("The file holds several processes. Keep one flow per file.")
        element = processes[1].get("id") or FILE
        return None, [fault(element, FaultCode.SEVERAL_PROCESSES, text)]
    return processes[0], []


def _names_of(root: Element) -> dict[str, str]:
    """Give the names of the messages and signals that stand beside the process, by id."""
    named = [*root.findall(f"{BPMN}message"), *root.findall(f"{BPMN}signal")]
    return {element.get("id", ""): element.get("name", "").strip() for element in named}


def _read_shapes(process: Element, names: Mapping[str, str]) -> tuple[dict[str, Shape], list[Fault]]:
    shapes: dict[str, Shape] = {}
    faults: list[Fault] = []
    for element, tag in _children(process):
        if tag in HARMLESS or tag == "sequenceFlow":
            continue
        shape_id = element.get("id", "")
        if tag not in KINDS:
            faults.append(_unsupported(shape_id, tag))
        else:
            faults += _inner_faults(element, tag)
        shapes[shape_id] = Shape(
            id=shape_id,
            kind=tag if tag in KINDS else "",
            name=" ".join(element.get("name", "").split()),
            attributes=_jk_attributes(element),
            default=element.get("default", ""),
            terminates=element.find(f"{BPMN}terminateEventDefinition") is not None,
            details=_details(element, tag, names),
        )
        faults += _foreign_attributes(element)
    for shape in shapes.values():
        if shape.kind == BOUNDARY and shape.details["host"] in shapes:
            shapes[shape.details["host"]].timers.append(shape)
    return shapes, faults


def _details(element: Element, tag: str, names: Mapping[str, str]) -> dict[str, str]:
    """Read what an element holds beyond its attributes of ours."""
    found: dict[str, str] = {}
    if tag == BOUNDARY:
        found["host"] = element.get("attachedToRef", "")
        found["side"] = "yes" if element.get("cancelActivity", "true").strip() == "false" else ""
    if tag == CALL:
        found["called"] = element.get("calledElement", "").strip()
    for child, inner in _children(element):
        if inner in _DEFINITIONS:
            found[_DEFINITIONS[inner]] = _waited_for(child, inner, names)
        elif inner == "multiInstanceLoopCharacteristics":
            found["several"] = "sequential" if child.get("isSequential", "").strip() == "true" else "parallel"
    return found


def _waited_for(definition: Element, tag: str, names: Mapping[str, str]) -> str:
    """Give the time that a timer names, or the name of a message or signal."""
    if tag == "timerEventDefinition":
        parts = [child for child, inner in _children(definition) if inner in ("timeDuration", "timeDate")]
        return "".join("".join(part.itertext()) for part in parts).strip()
    reference = definition.get("messageRef", "") or definition.get("signalRef", "")
    return names.get(reference.rpartition(":")[2], "")


def _inner_faults(element: Element, tag: str) -> list[Fault]:
    """Refuse timers, messages, loops and other parts that hang inside a supported element."""
    allowed = _INSIDE_TASK | _INSIDE.get(tag, frozenset())
    faults = []
    for child, inner in _children(element):
        if inner not in allowed:
            faults.append(_unsupported(element.get("id", ""), inner))
        elif inner == "timerEventDefinition" and child.find(f"{BPMN}timeCycle") is not None:
            faults.append(_unsupported(element.get("id", ""), "timeCycle"))
        elif inner == "multiInstanceLoopCharacteristics":
            faults += [_unsupported(element.get("id", ""), part) for _part, part in _children(child)]
    return faults


def _read_arrows(process: Element, shapes: Mapping[str, Shape]) -> tuple[list[Arrow], list[Fault]]:
    arrows: list[Arrow] = []
    faults: list[Fault] = []
    for element in process.findall(f"{BPMN}sequenceFlow"):
        condition = element.find(f"{BPMN}conditionExpression")
        arrow = Arrow(
            id=element.get("id", ""),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            name=" ".join(element.get("name", "").split()),
            name_en=element.get(f"{JK}nameEn", ""),
            condition=None if condition is None else "".join(condition.itertext()).strip(),
        )
        faults += _foreign_attributes(element)
        loose = next((end for end in (arrow.source, arrow.target) if end not in shapes), None)
        if loose is not None:
            text = _(
                "This arrow hangs loose: the element “%(end)s” does not exist. Connect it, or delete it."
            )
            faults.append(fault(arrow.id or FILE, FaultCode.LOOSE_FLOW, text, end=loose))
            continue
        arrows.append(arrow)
        shapes[arrow.source].outgoing.append(arrow)
        shapes[arrow.target].incoming.append(arrow)
    return arrows, faults


def _id_faults(root: Element, process: Element) -> list[Fault]:
    """Every element of the model needs an id of its own: faults, trails and pictures speak by it."""
    named = [process, *(element for element, tag in _children(process) if tag not in HARMLESS)]
    ids = [element.get("id", "") for element in named]
    faults = []
    for element, text in zip(named, ids, strict=True):
        tag = element.tag.removeprefix(BPMN)
        if not text:
            sentence = _("An element <%(tag)s> has no id. Give every element an id of its own.")
            faults.append(fault(FILE, FaultCode.MISSING_ID, sentence, tag=tag))
        elif not _ID.match(text):
            sentence = _("This id is not usable: at most 80 letters, digits, “_”, “-” and “.”.")
            faults.append(fault(text[:100], FaultCode.BAD_ID, sentence))
    everywhere = Counter(element.get("id", "") for element in root.iter() if element.get("id"))
    for text in dict.fromkeys(text for text in everywhere if everywhere[text] > 1):
        sentence = _("This id is used %(count)d times. Give every element an id of its own.")
        faults.append(fault(text, FaultCode.DUPLICATE_ID, sentence, count=everywhere[text]))
    return faults


def _size_faults(process: Element, shapes: Mapping[str, Shape]) -> list[Fault]:
    if len(shapes) <= MAX_NODES:
        return []
    text = _("The flow has %(count)d nodes; at most %(limit)d are accepted. Split it into smaller flows.")
    element = process.get("id") or FILE
    return [fault(element, FaultCode.TOO_MANY_NODES, text, count=len(shapes), limit=MAX_NODES)]


def _foreign_attributes(element: Element) -> list[Fault]:
    """Refuse what another engine would obey (`camunda:assignee`): silently ignoring it would mislead."""
    foreign = [name for name, _value in element.items() if name.startswith("{") and not name.startswith(JK)]
    text = _(
        "The attribute “%(name)s” belongs to another engine and would have no effect. Use the jk: attributes."
    )
    return [
        fault(element.get("id") or FILE, FaultCode.BAD_ATTRIBUTE, text, name=name.partition("}")[2])
        for name in foreign
    ]


def _unsupported(element: str, tag: str) -> Fault:
    text = _("<%(tag)s> is not supported. %(hint)s")
    return fault(element or FILE, FaultCode.UNSUPPORTED, text, tag=tag, hint=hint_for(tag))


def _jk_attributes(element: Element) -> dict[str, str]:
    return {
        name.removeprefix(JK): " ".join(value.split())
        for name, value in element.items()
        if name.startswith(JK)
    }


def _children(element: Element) -> Iterator[tuple[Element, str]]:
    """Yield the children in the BPMN namespace with their bare tags; other namespaces are not the model."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(BPMN):
            yield child, child.tag.removeprefix(BPMN)
