"""Simulation: the draft runs against a roster, and a chart shows where the days go."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from jingkai.casework.designer import queries, rules
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.web import shown
from jingkai.casework.flow import api as flows
from jingkai.casework.flow.data import DecisionConflict, Flow, PerformerKind, UserTask, VariableType
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Role, Unit
from jingkai.kernel.permissions.api import Request, requires
from jingkai.ui.data import Chart, Column, Row, Stat, Table

MOST_CASES = 2000
USUAL_MINUTES = 30
HELD = "#9fb0c6"
"""The colour of days on hold, as everywhere."""


class PlanForm(forms.Form):
    """How many matters come, how many people there are, how long each step takes."""

    cases = forms.IntegerField(label=gettext_lazy("Matters"), min_value=1, max_value=MOST_CASES, initial=200)
    a_day = forms.DecimalField(
        label=gettext_lazy("Matters that come a day"),
        min_value=0,
        max_value=1000,
        initial=8,
        decimal_places=1,
    )
    hours = forms.DecimalField(
        label=gettext_lazy("Hours of work a day"), min_value=1, max_value=24, initial=7, decimal_places=1
    )
    absent = forms.IntegerField(
        label=gettext_lazy("Absent, per cent of days"), min_value=0, max_value=90, initial=5
    )

    def __init__(self, *args: Any, flow: Flow, labels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pools = pools_of(flow)
        words_of_pool = names_of(pools)
        for pool in pools:
            self.fields[f"people:{pool}"] = forms.IntegerField(
                label=_("People: %(pool)s") % {"pool": words_of_pool[pool]},
                min_value=1,
                max_value=500,
                initial=2,
            )
        for node in flow.user_tasks():
            words = _("Minutes: %(step)s") % {"step": local(node, "name")}
            self.fields[f"work:{node.id}"] = forms.IntegerField(
                label=words, min_value=1, max_value=100_000, initial=USUAL_MINUTES
            )

        for name, kind in flow.variables.items():
            if kind is VariableType.NUMBER or kind is VariableType.BOOLEAN:
                words = _("Values of %(name)s, with commas") % {"name": labels.get(name, name)}
                self.fields[f"value:{name}"] = forms.CharField(label=words, max_length=200, required=False)

    def staff_file(self) -> str:
        """Give the roster as the simulation reads it."""
        given = self.cleaned_data
        people = {name[7:]: number for name, number in given.items() if name.startswith("people:")}
        work = {name[5:]: f"{number}m" for name, number in given.items() if name.startswith("work:")}
        values = {
            name[6:]: found
            for name, text in given.items()
            if name.startswith("value:") and (found := _values(text))
        }
        plan = {
            "variables": values,
            "people": people,
            "work": work,
            "hours": float(given["hours"]),
            "absent": given["absent"] / 100,
        }
        return json.dumps(plan)


def _values(text: str) -> list[float | bool]:
    """Read numbers and yes or no out of a list; what is neither is left out."""
    found: list[float | bool] = []
    for part in re.split(r"[,，\s]+", text):
        if part in ("true", "false"):
            found.append(part == "true")
        else:
            with contextlib.suppress(ValueError):
                found.append(float(part))
    return found


def pools_of(flow: Flow) -> list[str]:
    """Name the pools of people that a flow asks, as the roster writes them."""
    found: dict[str, None] = {}
    for node in flow.user_tasks():
        for performer in _performers(node):
            if performer.kind in (PerformerKind.APPLICANT, PerformerKind.STARTER, PerformerKind.SAME):
                continue
            found[flows.pool_of(performer)] = None
    return list(found)


def names_of(pools: Collection[str]) -> dict[str, str]:
    """Name pools as people know them: units and roles by their names, everybody else together."""
    codes = [pool.removeprefix("role:").partition("@") for pool in pools]
    units = {
        unit.code: unit
        for unit in Unit.objects.select_related("party").filter(
            code__in=[code for first, _at, last in codes for code in (first, last) if code]
        )
    }
    roles = {role.code: role for role in Role.objects.filter(code__in=[first for first, _at, _last in codes])}
    together = {flows.OTHERS: _("those whom a form names"), flows.HEADS: _("heads of units")}
    found = {}
    for pool, (first, _at, last) in zip(pools, codes, strict=True):
        if pool in together:
            found[pool] = together[pool]
        elif pool.startswith("role:"):
            parts = [local(units[last].party, "name")] if last in units else []
            parts += [local(roles[first], "name") if first in roles else first]
            found[pool] = " · ".join(parts)
        else:
            found[pool] = local(units[first].party, "name") if first in units else pool
    return found


def labels_of(design: Design) -> dict[str, str]:
    """Give what the forms of a design call the values by which its flow decides."""
    fields = [field for form in design.forms.values() for field in form.get("fields", ())]
    return {
        field["name"]: local({"name": field["label"], "name_en": field.get("label_en", "")}, "name")
        for field in fields
        if "name" in field and "label" in field
    }


def _performers(node: UserTask) -> list[Any]:
    return [node.performer] if node.several is None else list(node.several.performers)


@requires(*rules.RIGHTS)
@require_safe
def simulate(request: Request, uuid: UUID) -> HttpResponse:
    """Ask for the roster and show the run. Nothing is written; the same roster gives the same run."""
    design = queries.get_design(uuid)
    context: dict[str, Any] = {"design": design, "name": local(design, "name")}
    try:
        flow = flows.compile_bpmn(design.bpmn.encode(), decisions=flows.current_decisions())
    except flows.FlowRefused:
        context["remarks"] = shown.remark_lines(design, queries.remarks_on(design))
        return render(request, "designer/simulate.html", context)
    asked = "cases" in request.GET
    form = PlanForm(request.GET if asked else None, flow=flow, labels=labels_of(design))
    context["form"] = form
    if asked and form.is_valid():
        context |= _run(request, form, flow)
    return render(request, "designer/simulate.html", context, status=422 if form.errors else 200)


def _run(request: Request, form: PlanForm, flow: Flow) -> dict[str, Any]:
    given = form.cleaned_data
    try:
        report = flows.simulate(
            flow,
            cases=given["cases"],
            arrivals=flows.parse_arrivals(f"{given['a_day']}/day" if given["a_day"] else "at once"),
            staff=flows.read_staff(form.staff_file()),
            start=timezone.localdate(request.at),
            tables=flows.current_decisions(),
        )
    except DecisionConflict as conflict:
        words = _("The decision table “%(table)s” gives more than one answer for the same facts: %(rules)s.")
        form.add_error(None, words % {"table": conflict.decision, "rules": ", ".join(conflict.rules)})
        return {}
    except flows.BadPlan as error:
        form.add_error(None, str(error))
        return {}
    except PersonFacingError as error:
        form.add_error(None, f"{error.sentence} {error.advice}".strip())
        return {}
    return {"stats": _stats(report), "chart": _chart(report), "pools": _pools(report)}


def _stats(report: Any) -> list[Stat]:
    days = _("working days")
    return [
        Stat(_("Finished"), str(report.finished), _("of %(n)s") % {"n": report.cases}),
        Stat(_("Half are done within"), str(report.median), days),
        Stat(_("Nine of ten within"), str(report.ninth), days),
        Stat(_("Waiting, on average"), str(report.queue), days),
        Stat(_("Work, on average"), str(report.work), days),
    ]


def _chart(report: Any) -> Chart:
    nodes = [one for one in report.nodes if one.visits]
    names = [local(one, "name") for one in nodes]
    series = (("queue", pgettext("days", "Waiting")), ("work", _("Work")), ("suspended", _("On hold")))
    option = {
        "tooltip": {"trigger": "axis"},
        "legend": {},
        "grid": {"left": 8, "right": 16, "top": 32, "bottom": 28, "containLabel": True},
        "xAxis": {
            "type": "value",
            "name": _("working days"),
            "nameLocation": "middle",
            "nameGap": 28,
        },
        "yAxis": {"type": "category", "data": names, "inverse": True},
        "series": [
            {"type": "bar", "stack": "days", "name": label, "data": [getattr(one, part) for one in nodes]}
            | ({"itemStyle": {"color": HELD}} if part == "suspended" else {})
            for part, label in series
        ],
    }
    head = (_("Step"), _("Times done"), *[label for _part, label in series])
    rows = [(local(one, "name"), one.visits, one.queue, one.work, one.suspended) for one in nodes]
    return Chart(_("Where the days go, per visit of a step"), option, head, rows)


def _pools(report: Any) -> Table:
    columns = (
        Column(_("Who"), "title"),
        Column(_("People"), "number"),
        Column(_("Times done"), "number"),
        Column(pgettext("days", "Waiting"), "number"),
        Column(_("Busy, per cent"), "number"),
    )
    names = names_of([one.unit for one in report.units])
    rows = [
        Row((names[one.unit], one.people, one.visits, one.queue, round(one.busy * 100)))
        for one in report.units
    ]
    return Table(_("People"), columns, rows)
