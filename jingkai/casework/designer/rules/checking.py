"""What keeps a drawn flow with its forms from being published, beyond what flows and forms check alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jingkai.casework.designer.data import Remark
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import Decision, FaultCode, Flow, Performer, PerformerKind, UserTask
from jingkai.casework.forms import api as forms
from jingkai.casework.forms.data import FieldKind, Form, Right

HOSTILE = frozenset(
    {
        FaultCode.NOT_XML,
        FaultCode.ENTITIES,
        FaultCode.TOO_LARGE,
        FaultCode.TOO_MANY_NODES,
        FaultCode.NOT_BPMN,
    }
)
"""Faults with which a file is not even kept as a draft."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow may name outside itself: actions, tables, flows, panels, units, roles, limits."""

    actions: Collection[str]
    decisions: Mapping[str, Decision]
    flows: Collection[str]
    panels: Collection[str]
    units: Collection[str]
    roles: Collection[str]
    limits: Collection[str] = ()


def refusals(bpmn: str) -> list[Remark]:
    """Say why a file can't even be kept as a draft; empty where it can."""
    found = flows.lint(bpmn.encode())
    return [Remark(one.message, one.element) for one in found if one.code in HOSTILE]


def check_design(bpmn: str, definitions: Mapping[str, Any], *, known: Surroundings) -> list[Remark]:
    """Give every remark about a drawing and its forms, faults first."""
    names = {"actions": known.actions, "decisions": known.decisions, "flows": known.flows}
    faults = flows.lint(bpmn.encode(), **names)  # type: ignore[arg-type]
    remarks = [Remark(one.message, one.element) for one in faults]
    read: dict[str, Form] = {}
    for name, definition in definitions.items():
        form, wrong = forms.read_definition(definition)
        remarks += [Remark(one.message, form=name, field=one.field.strip("-")) for one in wrong]
        if form is not None:
            read[name] = form
    if not faults:
        flow = flows.compile_bpmn(bpmn.encode(), **names)  # type: ignore[arg-type]
        remarks += [*_form_remarks(flow, read, definitions, known), *_performer_remarks(flow, known)]
        remarks += _limit_remarks(flow, known)
    remarks += list(_clashes(read))
    return sorted(dict.fromkeys(remarks), key=lambda one: one.level != "fault")


def _form_remarks(
    flow: Flow, read: Mapping[str, Form], definitions: Mapping[str, Any], known: Surroundings
) -> Iterator[Remark]:
    used: dict[str, list[str]] = {}
    for node in flow.user_tasks():
        if not node.form:
            continue
        name = forms.local_name(node.form)
        if name:
            used.setdefault(name, []).append(node.id)
        if name and name not in definitions:
            text = _("This step names the form “%(name)s”, which is not there. Make it, or choose another.")
            yield Remark(text % {"name": name}, node.id)
        elif not name and node.form not in known.panels:
            text = _("This step names the form “%(name)s”, which no module offers.")
            yield Remark(text % {"name": node.form}, node.id)
    for name, form in read.items():
        yield from _use_remarks(flow, name, form, used.get(name, []))


def _use_remarks(flow: Flow, name: str, form: Form, nodes: list[str]) -> Iterator[Remark]:
    if not nodes:
        yield Remark(_("No step uses this form."), form=name, level="hint")
    elif not any(form.written_at(node) for node in nodes):
        yield Remark(_("No step may write in this form. Give at least one step the right."), form=name)
    steps = {node.id for node in flow.user_tasks()}
    named = {*form.rights, *form.sheet.opinions, *(node for one in form.fields for node in one.rights)}
    for node in sorted(named - steps):
        text = _("The form names the step “%(step)s”, which is no user task of this flow.")
        yield Remark(text % {"step": node}, form=name)
    for one in form.fields:
        declared = flow.variables.get(one.name)
        if declared is not None and forms.variable_type(one) is not declared:
            text = _(
                "The flow declares “%(name)s” as %(type)s, which this field can't give. Rename one of them."
            )
            yield Remark(text % {"name": one.name, "type": declared.value}, form=name, field=one.name)
        writers = [node for node in nodes if form.right(one, node) is Right.WRITE]
        if one.required and nodes and not writers and one.kind is not FieldKind.SUM:
            text = _("The field is required, but no step may write it.")
            yield Remark(text, form=name, field=one.name, level="hint")


def _clashes(read: Mapping[str, Form]) -> Iterator[Remark]:
    """One name asks one thing: fields of one name in two forms of a flow must be of one kind."""
    first: dict[str, tuple[str, FieldKind]] = {}
    for name, form in read.items():
        for one in form.fields:
            other, kind = first.setdefault(one.name, (name, one.kind))
            if other != name and kind is not one.kind:
                text = _(
                    "The form “%(form)s” uses the name “%(name)s” for another kind of answer. Rename one."
                )
                yield Remark(text % {"form": other, "name": one.name}, form=name, field=one.name)


def _performer_remarks(flow: Flow, known: Surroundings) -> Iterator[Remark]:
    for node in flow.user_tasks():
        for performer in _performers(node):
            if performer.kind is PerformerKind.UNIT and performer.value not in known.units:
                yield Remark(_("There is no unit “%(code)s”.") % {"code": performer.value}, node.id)
            if performer.unit and performer.unit not in known.units:
                yield Remark(_("There is no unit “%(code)s”.") % {"code": performer.unit}, node.id)
            if performer.kind is PerformerKind.ROLE and performer.value not in known.roles:
                yield Remark(_("There is no role “%(code)s”.") % {"code": performer.value}, node.id)


def _limit_remarks(flow: Flow, known: Surroundings) -> list[Remark]:
    if not flow.limit or flow.limit in known.limits:
        return []
    return [Remark(_("There is no limit “%(key)s” among the rules.") % {"key": flow.limit}, flow.id)]


def _performers(node: UserTask) -> list[Performer]:
    found = [node.performer] if node.several is None else list(node.several.performers)
    return found + [one.performer for one in node.timeouts if one.performer is not None]
