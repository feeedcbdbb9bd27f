"""The jk: attributes of the elements: known, well-formed, and pointing to what exists."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jingkai.casework.flow.data import Decision, Fault, FaultCode
from jingkai.casework.flow.data.decisions import result_type
from jingkai.casework.flow.rules.declared import keeper_faults, split, variables_of
from jingkai.casework.flow.rules.drawing import (
    BOUNDARY,
    CALL,
    CATCH,
    END,
    EXCLUSIVE,
    INCLUSIVE,
    PARALLEL,
    RULE,
    SERVICE,
    START,
    USER,
    Drawing,
    Shape,
)
from jingkai.casework.flow.rules.faults import fault
from jingkai.casework.flow.rules.tasks import user_task_faults

KNOWN: Mapping[str, frozenset[str]] = {
    START: frozenset({"nameEn"}),
    END: frozenset({"nameEn", "outcome"}),
    EXCLUSIVE: frozenset({"nameEn"}),
    PARALLEL: frozenset({"nameEn"}),
    INCLUSIVE: frozenset({"nameEn"}),
    CATCH: frozenset({"nameEn", "after", "waitsFor", "clock"}),
    BOUNDARY: frozenset({"nameEn", "after", "clock"}),
    RULE: frozenset({"nameEn", "decision"}),
    CALL: frozenset({"nameEn", "give", "take", "outcomeAs", "branch"}),
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
            "batch",
            "skipSame",
            "each",
            "pass",
            "passing",
            "early",
            "timeout",
        }
    ),
}
PROCESS = frozenset({"nameEn", "variables", "resubmit", "limit"})
OPTION = "x-"
"""Attributes with this prefix belong to the module that draws the form; the engine passes them on."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a drawing may name outside itself; None means that the names are not checked."""

    actions: Collection[str] | None = None
    decisions: Mapping[str, Decision] | None = None
    flows: Collection[str] | None = None


def check_attributes(drawing: Drawing, *, known: Known) -> Iterator[Fault]:
    """Check the attributes of the process and of every element."""
    yield from _unknown(drawing.id, drawing.attributes, PROCESS)
    for part in variables_of(drawing).wrong:
        text = _(
            "jk:variables cannot be read at “%(part)s”. Write name:type "
            "with one of text, number, boolean, date, list."
        )
        yield fault(drawing.id, FaultCode.BAD_ATTRIBUTE, text, part=part)
    if drawing.attributes.get("resubmit", "false") not in ("true", "false"):
        text = _("jk:%(name)s is either true or false.")
        yield fault(drawing.id, FaultCode.BAD_ATTRIBUTE, text, name="resubmit")
    for shape in drawing.shapes.values():
        if shape.kind:
            yield from _unknown(shape.id, shape.attributes, KNOWN[shape.kind])
        if shape.kind == USER:
            yield from user_task_faults(drawing, shape)
        elif shape.kind == SERVICE:
            yield from _service_faults(shape, known.actions)
        elif shape.kind == RULE:
            yield from _rule_faults(drawing, shape, known.decisions)
        elif shape.kind == CALL:
            yield from _call_faults(drawing, shape, known.flows)


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


def _rule_faults(drawing: Drawing, shape: Shape, decisions: Mapping[str, Decision] | None) -> Iterator[Fault]:
    key = shape.attributes.get("decision", "")
    if not key:
        text = _("This task names no table. Write jk:decision with the key of a published decision table.")
        yield fault(shape.id, FaultCode.NO_NAME, text)
        return
    if decisions is None:
        return
    if key not in decisions:
        text = _("No decision table is published under “%(key)s”. Publish it first.")
        yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, key=key)
        return
    types = variables_of(drawing).types
    table = decisions[key]
    wanted = [(column.name, column.type) for column in table.inputs]
    wanted += [(column.name, result_type(table, column)) for column in table.outputs]
    for name, kind in wanted:
        if types.get(name) != kind:
            text = _("The table uses “%(name)s”; declare it in jk:variables of the process as %(kind)s.")
            yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, name=name, kind=kind)


def _call_faults(drawing: Drawing, shape: Shape, flows: Collection[str] | None) -> Iterator[Fault]:
    called = shape.details.get("called", "")
    if not called:
        text = _("This sub-case names no flow. Write the flow's key as the called element.")
        yield fault(shape.id, FaultCode.NO_NAME, text)
    elif called == drawing.id:
        text = _("This flow would start itself again and again. Call another flow, or draw a loop.")
        yield fault(shape.id, FaultCode.CALLS_ITSELF, text)
    elif flows is not None and called not in flows:
        text = _("No flow is published under the key “%(key)s”. Publish it first.")
        yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, key=called)
    types = variables_of(drawing).types
    for name in split(shape.attributes.get("give", "")) + split(shape.attributes.get("take", "")):
        if name not in types:
            text = _("The sub-case exchanges “%(name)s”, which is not declared in jk:variables.")
            yield fault(shape.id, FaultCode.UNKNOWN_NAME, text, name=name)
    yield from keeper_faults(shape)
