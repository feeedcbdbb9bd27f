"""Drawings for tests: write a flow in a few lines instead of XML.

    bpmn("leave", '''
        start > apply
        apply: pool=starter outcomes=submit
        apply > gate
        gate[outcome == 'submit'] > boss > end
        gate[] > end
    ''')

A line `a > b > c` draws arrows, `gate[condition] > b` an arrow with a condition out of an exclusive
gateway, `gate[] > b` its default flow, `name: key=value …` sets attributes (values in quotes may hold
spaces). The kind of a node follows from its name: start*, end*, stop* (terminating end), gate*, fork*, join*,
either* and meet* (inclusive fork and join), auto* (service task), rule_* (decision table), call_* (sub-case,
`calls=key`), wait_* (event, one of `timer=` `message=` `signal=`), late_* (timer at a boundary, `on=task
timer=3wd`, `side=true` when it does not interrupt), everything else is a user task. `each=` makes it a task
of several people, with `sequential=true` one after the other. `process: key=value …` speaks of the whole.
"""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jk="urn:jingkai:bpmn:1" '
    'targetNamespace="urn:jingkai:tests">'
)

_STEP = re.compile(r"([\w.\-]+)(?:\[([^\]]*)\])?")
_BETWEEN = re.compile(r">(?![^\[]*\])")


def bpmn(key: str, text: str, *, variables: str = "", name: str = "测试流程") -> bytes:
    """Draw a flow and give it as a BPMN 2.0 file."""
    nodes: dict[str, dict[str, str]] = {}
    arrows: list[tuple[str, str, str | None]] = []
    defaults: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if re.match(r"[\w.-]+:", line):
            node, _colon, rest = line.partition(":")
            nodes.setdefault(node, {}).update(_attribute(word) for word in shlex.split(rest))
        else:
            _draw_arrows(line, nodes, arrows, defaults)
    whole = nodes.pop("process", {})
    body = [_node(node, attributes, defaults.get(node, "")) for node, attributes in nodes.items()]
    body += [_arrow(number, *arrow) for number, arrow in enumerate(arrows)]
    declared = f" jk:variables={quoteattr(variables)}" if variables else ""
    declared += "".join(f" jk:{name}={quoteattr(value)}" for name, value in whole.items())
    process = f'<process id="{key}" name={quoteattr(name)} jk:nameEn="Test flow"{declared}>'
    return f"{HEAD}{process}{''.join(body)}</process></definitions>".encode()


def _attribute(word: str) -> tuple[str, str]:
    name, _equals, value = word.partition("=")
    return name, value


def _draw_arrows(
    line: str,
    nodes: dict[str, dict[str, str]],
    arrows: list[tuple[str, str, str | None]],
    defaults: dict[str, str],
) -> None:
    steps = [_STEP.fullmatch(step.strip()) for step in _BETWEEN.split(line)]
    read = [(step[1], step[2]) for step in steps if step]
    if len(read) != len(steps):
        raise ValueError(f"not a line of a drawing: {line}")
    for (source, condition), (target, _later) in pairwise(read):
        if condition == "":
            defaults[source] = f"f{len(arrows)}"
        arrows.append((source, target, condition or None))
    for step, _condition in read:
        nodes.setdefault(step, {})


def _node(node: str, attributes: dict[str, str], default: str) -> str:
    kind, inside = _kind(node)
    attributes = dict(attributes)
    plain, more = _parts(kind, attributes)
    inside += more
    jk = plain + "".join(
        f" jk:{name}={quoteattr(value)}" for name, value in attributes.items() if name != "name"
    )
    name = quoteattr(attributes.get("name", node))
    choice = f' default="{default}"' if default else ""
    return f'<{kind} id="{node}" name={name}{choice}{jk}>{inside}</{kind}>'


def _kind(node: str) -> tuple[str, str]:
    kinds = {
        "start": "startEvent",
        "end": "endEvent",
        "gate": "exclusiveGateway",
        "fork": "parallelGateway",
        "join": "parallelGateway",
        "either": "inclusiveGateway",
        "meet": "inclusiveGateway",
        "auto": "serviceTask",
        "rule_": "businessRuleTask",
        "call_": "callActivity",
        "wait_": "intermediateCatchEvent",
        "late_": "boundaryEvent",
    }
    if node.startswith("stop"):
        return "endEvent", "<terminateEventDefinition/>"
    return next((kind for start, kind in kinds.items() if node.startswith(start)), "userTask"), ""


def _parts(kind: str, attributes: dict[str, str]) -> tuple[str, str]:
    """Take out of the attributes what BPMN itself has a place for: XML attributes and inner elements."""
    plain = inside = ""
    if kind == "callActivity":
        plain = f" calledElement={quoteattr(attributes.pop('calls', ''))}"
    if kind == "boundaryEvent":
        plain = f" attachedToRef={quoteattr(attributes.pop('on', ''))}"
        plain += ' cancelActivity="false"' if attributes.pop("side", "") else ""
    if kind in ("boundaryEvent", "intermediateCatchEvent"):
        for name in ("timer", "message", "signal"):
            if name in attributes:
                value = attributes.pop(name)
                attributes["after" if name == "timer" else "waitsFor"] = value
                inside += f"<{name}EventDefinition/>"
    if kind == "userTask" and "each" in attributes:
        flag = ' isSequential="true"' if attributes.pop("sequential", "") else ""
        inside += f"<multiInstanceLoopCharacteristics{flag}/>"
    return plain, inside


def _arrow(number: int, source: str, target: str, condition: str | None) -> str:
    inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition is not None else ""
    return f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
