"""Flows of the designer in words: lists, remarks, differences."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.casework.designer import rules
from jingkai.casework.designer.data import Differences, Remark
from jingkai.casework.designer.models import Design
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.forms import api as forms
from jingkai.kernel.hooks.api import local
from jingkai.kernel.organisation.models import Role, Unit
from jingkai.ui.data import Column, Fact, Light, Link, Row, Table
from jingkai.ui.words import listed, moment


@dataclass(frozen=True, slots=True)
class State:
    """A drawing with its forms, as it was published or as it stands in the draft."""

    bpmn: str
    forms: Mapping[str, Any]


def designs_table(designs: Sequence[Design]) -> Table:
    """Give the list of flows."""
    columns = (
        Column(pgettext("designer", "Flow"), "title"),
        Column(_("State"), "light"),
        Column(_("Version"), "number"),
        Column(_("Last change"), "date"),
        Column(_("by"), "text"),
        Column(_("Edit"), "actions"),
    )
    rows = [
        Row(
            (
                Link(local(one, "name"), reverse("designer:versions", args=[one.uuid]), one.key),
                light_of(one),
                one.published.version if one.published else None,
                one.updated_at,
                local(one.updated_by, "name") if one.updated_by else "",
                Link(_("Draw"), reverse("designer:editor", args=[one.uuid])),
            )
        )
        for one in designs
    ]
    return Table(_("Flows"), columns, rows)


def light_of(design: Design) -> Light:
    """Say whether a flow can be started."""
    if design.published is None:
        return Light("none", _("Draft"))
    if not design.is_open:
        return Light("hold", _("Published, not to be started"))
    return Light("ok", _("Published"))


def head_facts(design: Design) -> list[Fact]:
    """Give what a flow is for and who may start it."""
    who = []
    if design.everyone:
        who.append(_("everybody of the staff"))
    else:
        units = Unit.objects.filter(code__in=design.start_units).select_related("party")
        who += [local(unit.party, "name") for unit in units]
        who += [local(role, "name") for role in Role.objects.filter(code__in=design.start_roles)]
    return [
        Fact(pgettext("flow", "Key"), design.key),
        Fact(_("Last change"), moment(design.updated_at)),
        Fact(_("May be started by"), listed(who) if design.is_open and who else _("nobody")),
        Fact(_("What it is for"), local(design, "summary"), wide=True),
    ]


@dataclass(frozen=True, slots=True)
class FormLine:
    """One form of a flow, with its number of fields."""

    key: str
    name: str
    fields: int


def form_lines(design: Design) -> list[FormLine]:
    """Give the forms of a flow."""
    return [
        FormLine(key, local(one, "name") or key, len(one.get("fields", [])))
        for key, one in design.forms.items()
    ]


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """One remark with where it leads."""

    message: str
    level: str
    element: str
    place: str
    url: str


def remark_lines(design: Design, remarks: Sequence[Remark]) -> list[RemarkLine]:
    """Give remarks with the names of what they stand on."""
    names = {one.id: local(one, "name") for one in rules.steps_of(design.bpmn)}
    found = []
    for one in remarks:
        if one.form:
            label = local(design.forms.get(one.form, {}), "name") or one.form
            place = f"{label} · {one.field}" if one.field else label
            known = any(
                field.get("name") == one.field for field in design.forms.get(one.form, {}).get("fields", [])
            )
            target = [design.uuid, one.form, one.field] if known else [design.uuid, one.form]
            url = reverse("designer:field" if known else "designer:form", args=target)
        else:
            place, url = names.get(one.element, one.element.strip("-")), ""
        found.append(RemarkLine(one.message, one.level, one.element, place, url))
    return found


def unpublished(design: Design) -> Differences:
    """Give what the draft changes against the version that staff start now."""
    if design.published is None:
        return Differences()
    number = design.published.version
    before = states_of(design, [number])[number]
    return rules.differences(before.bpmn, design.bpmn, old_forms=before.forms, new_forms=design.forms)


def states_of(design: Design, versions: Collection[int]) -> dict[int, State]:
    """Give published versions with the forms that their drawings name, and the draft as 0; two queries."""
    rows = flows.get_versions(design.key, [one for one in versions if one], drawn=True)
    named = {number: _named_forms(row) for number, row in rows.items()}
    pinned = forms.find_versions(one for references in named.values() for one in references)
    found = {0: State(design.bpmn, design.forms)}
    for number, row in rows.items():
        own = {forms.local_name(one): pinned[one].definition for one in named[number] if one in pinned}
        idle = {key: one for key, one in design.forms.items() if key not in own and not _is_used(design, key)}
        found[number] = State(forms.unpin_forms(row.bpmn), {**idle, **own})
    return found


def _named_forms(version: FlowVersion) -> list[str]:
    return [node.form for node in flows.compiled(version).user_tasks()]


def _is_used(design: Design, key: str) -> bool:
    return any(one.form == key for one in rules.steps_of(design.bpmn))


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference in words."""

    what: str
    name: str
    detail: str
    tone: str


def difference_lines(differences: Differences) -> list[DifferenceLine]:
    """Give differences as people read them."""
    said = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
    kinds, parts = element_words(), attribute_words()
    lines = [
        DifferenceLine(
            f"{kinds.get(one.kind, one.kind)} · {said[one.difference]}",
            one.name or one.element,
            listed(parts.get(part, part) for part in one.what),
            one.difference,
        )
        for one in differences.elements
    ]
    for one in differences.forms:
        kind = _("Field") if one.field else _("Form")
        lines.append(
            DifferenceLine(
                f"{kind} · {said[one.difference]}", one.label, one.form if one.field else "", one.difference
            )
        )
    return lines


def marks(differences: Differences) -> str:
    """Give the marks of the pictures: what became of each element."""
    return json.dumps({one.element: one.difference for one in differences.elements})


def element_words() -> dict[str, str]:
    """Say what the parts of a drawing are called."""
    return {
        "process": pgettext("designer", "Flow"),
        "startEvent": _("Start"),
        "endEvent": pgettext("of a flow", "End"),
        "userTask": pgettext("of a flow", "Step"),
        "serviceTask": _("Automatic step"),
        "businessRuleTask": _("Decision table"),
        "callActivity": _("Sub-case"),
        "exclusiveGateway": pgettext("gateway", "Choice"),
        "parallelGateway": pgettext("gateway", "All at once"),
        "inclusiveGateway": pgettext("gateway", "Some at once"),
        "intermediateCatchEvent": pgettext("event", "Wait"),
        "boundaryEvent": pgettext("event", "Time limit at a step"),
        "sequenceFlow": pgettext("of a flow", "Arrow"),
        "textAnnotation": pgettext("of a flow", "Remark"),
        "association": pgettext("of a flow", "Line to a remark"),
    }


def attribute_words() -> dict[str, str]:
    """Say what the attributes of a drawing are called."""
    return {
        "name": _("Name"),
        "nameEn": _("English name"),
        "pool": _("Who does it"),
        "each": _("Who is asked"),
        "pass": _("How many must agree"),
        "passing": _("Outcomes that count as yes"),
        "early": _("Ends early"),
        "outcomes": _("Outcomes"),
        "outcomeAs": _("Keep the outcome as"),
        "clock": _("Time limit"),
        "limit": _("Time limit of the whole matter"),
        "branch": _("Branch"),
        "form": _("Form"),
        "phone": _("Fit for a phone"),
        "batch": _("May be finished in batch"),
        "skipSame": _("Skip when the same person just did it"),
        "timeout": _("When it is late"),
        "sendBackTo": _("Send back to"),
        "binding": _("Formally issued outcomes"),
        "action": _("Action"),
        "decision": _("Decision table"),
        "variables": _("Variables"),
        "conditionExpression": _("Condition"),
        "sourceRef": pgettext("arrow", "From"),
        "targetRef": pgettext("arrow", "To"),
        "default": _("Default way"),
        "outcome": _("Outcome"),
        "multiInstanceLoopCharacteristics": _("Several people"),
        "resubmit": _("May be taken up again"),
        "after": _("After"),
        "waitsFor": _("Waits for"),
    }
